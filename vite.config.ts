import { defineConfig } from "vite";
import { catalogs, firstModules } from "./scripts/catalogs.ts";
import { emojiNames } from "./scripts/emoji-names.ts";

const out = "../../dist/web";
const first = await firstModules();

/** The browser client: from src/web into dist/web. No inline script, style or data: the page's policy allows none. */
export default defineConfig({
  root: "src/web",
  plugins: [catalogs(), emojiNames()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // The names of emoji take their time; that is no news.
      checks: { pluginTimings: false },
      input: { index: "src/web/index.html", page: "src/web/styles/page.css" },
      output: {
        // Cut into pieces by who shares what, the first screen would come in some thirty files, each compressed for itself.
        codeSplitting: { groups: [{ name: "first", test: (id) => first.has(id) }] },
        // The pages that the server makes link this one by name.
        assetFileNames: ({ names }) =>
          names.includes("page.css") ? "assets/page.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: "http://localhost:3000", ws: true },
      "/auth": "http://localhost:3000",
    },
  },
});

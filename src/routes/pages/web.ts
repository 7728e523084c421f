import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";

/** Addresses that the web client draws by itself. */
const clientPaths = [
  "/",
  "/c/*",
  "/join",
  "/join/*",
  "/requests",
  "/archived",
  "/search",
  "/left",
  "/requests/*",
  "/new",
  "/new/*",
  "/sign-in",
  "/signed-in",
  "/welcome",
  "/sign-up",
  "/reset",
  "/confirm-email",
  "/saved",
  "/settings",
  "/settings/*",
  "/admin",
  "/admin/*",
];

/** Where apps send people, whether they write a slash at the end or not, and where one copies a code. */
const consentPaths = ["/oauth/authorize", "/oauth/authorize/", "/oauth/authorize/native"];
const consentHeaders = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "unsafe-none",
  "X-Frame-Options": "DENY",
};

/** The built web client: its files, which never change under one name, and its one page. */
export function webRoutes(folder: string) {
  const index = join(folder, "index.html");
  if (!existsSync(index)) throw new Error(`the web client is not built: ${index} is missing; run npm start`);
  const page = readFileSync(index, "utf8");
  const app = new Hono();
  // An app may open this page in a window that it waits for; with its own policy it would lose it.
  for (const path of consentPaths) {
    app.get(path, (c) => c.html(page, 200, consentHeaders));
  }
  for (const path of clientPaths) {
    app.get(path, (c) => c.html(page, 200, { "Cache-Control": "no-cache" }));
  }
  app.use(
    "*",
    serveStatic({
      root: folder,
      onFound: (path, c) => {
        const hashed = /-[\w-]{8}\.\w+$/.test(path);
        c.header("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
      },
    }),
  );
  return app;
}

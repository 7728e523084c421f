import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

const entry = join(import.meta.dirname, "../src/web/main.tsx");

/** Parts of the catalogs: what the first screen says (`?first`), and all the rest. */
const part = /\/locales\/[a-z]+\.json(\?first|\?rest)?$/;

/**
 * Compiles the catalogs when the client is built, so that no message parser travels to the browser, and cuts them in two,
 * so that the first screen does not wait for words that it does not say.
 */
export function catalogs(): Plugin {
  let first: Promise<ReadonlySet<string>> | null = null;
  return {
    name: "catalogs",
    enforce: "pre",
    buildStart: () => void (first = null),
    transform: {
      filter: { id: part },
      async handler(code, id) {
        first ??= firstWords();
        const isFirst = await first;
        const wanted = part.exec(id)?.[1];
        const texts = Object.entries(JSON.parse(code) as Record<string, string>).filter(
          ([text]) => wanted === undefined || isFirst.has(text) === (wanted === "?first"),
        );
        const compiled = Object.fromEntries(
          texts.map(([text, words]) => [text, compileMessageOrThrow(words)]),
        );
        return { code: `export default ${JSON.stringify(compiled)};`, moduleType: "js" };
      },
    },
  };
}

/** Every string that looks like the name of a text, in the modules of the first screen. */
async function firstWords(): Promise<ReadonlySet<string>> {
  const sources = [...(await firstModules()).values()];
  return new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/"([a-z]\w*(?:\.\w+)+)"/g)].map(([, word]) => word ?? ""),
    ),
  );
}

/** The client's own modules that the first screen brings along at once: their paths, and their sources. */
export async function firstModules(): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    const source = await readFile(path, "utf8");
    seen.set(path, source);
    for (const [, module] of source.matchAll(/^(?:import|export|\}) (?!type ).*?from "(\.[^"]+\.tsx?)";$/gm))
      waiting.push(join(dirname(path), module ?? ""));
  }
  return seen;
}

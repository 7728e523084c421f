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
        first ??= wordsOf(entry);
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

/** Every string that looks like the name of a text, in a module and in all that it brings along at once. */
async function wordsOf(root: string): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  const seen = new Set<string>();
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const source = await readFile(path, "utf8");
    for (const [, word] of source.matchAll(/"([a-z]\w*(?:\.\w+)+)"/g)) words.add(word ?? "");
    for (const [, module] of source.matchAll(/^(?:import|export|\}) (?!type ).*?from "(\.[^"]+\.tsx?)";$/gm))
      waiting.push(join(dirname(path), module ?? ""));
  }
  return words;
}

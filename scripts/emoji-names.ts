import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** One emoji of the picker: the emoji, its name, and more words by which it is found. */
export type NamedEmoji = readonly [emoji: string, name: string, words: string];

interface Listed {
  label: string;
  unicode: string;
  emoji: string;
  tags?: string[];
  group?: number;
  version: number;
}

interface Annotations {
  annotations: { annotations: Record<string, { default?: string[]; tts?: string[] }> };
}

/** Skin tones and hair: parts, not emoji. */
const components = 2;
/** Newer ones are boxes on many machines. */
const newest = 15.1;
const require = createRequire(import.meta.url);

/** The emoji of Unicode in their groups, named in the language of `virtual:emoji/LANGUAGE`, made when the client is built. */
export function emojiNames(): Plugin {
  return {
    name: "emoji-names",
    resolveId: { filter: { id: /^virtual:emoji\// }, handler: (id) => `\0${id}` },
    load: {
      filter: { id: /^\0virtual:emoji\// },
      async handler(id) {
        const groups = await namesIn(id.slice(id.indexOf("/") + 1));
        return `export default JSON.parse(${JSON.stringify(JSON.stringify(groups))});`;
      },
    },
  };
}

/** The emoji of Unicode, a list for each of its groups. */
export async function namesIn(language: string): Promise<NamedEmoji[][]> {
  // Arabic is not among the languages of emojibase.
  const isArabic = language === "ar";
  const listed = await readJson<Listed[]>(`emojibase-data/${isArabic ? "en" : language}/data.json`);
  const name = isArabic ? await arabicNames() : ({ label, tags = [] }: Listed) => ({ label, words: tags });
  const groups: NamedEmoji[][] = [];
  for (const emoji of listed) {
    if (emoji.group === undefined || emoji.group === components || emoji.version > newest) continue;
    const { label, words } = name(emoji);
    const others = words.filter((word) => !label.includes(word));
    (groups[emoji.group] ??= []).push([recommended(emoji.emoji), label, others.join(" ")]);
  }
  return groups.filter((group) => group !== undefined);
}

async function arabicNames() {
  const file = await readJson<Annotations>("cldr-annotations-modern/annotations/ar/annotations.json");
  const known = file.annotations.annotations;
  const regions = new Intl.DisplayNames("ar", { type: "region" });
  return ({ emoji, label }: Listed) => {
    const bare = emoji.replaceAll("\u{FE0F}", "");
    // What has no name of its own is called like what it is made from.
    const found = known[bare] ?? known[bare.split("\u{200D}")[0] ?? ""];
    const region = regionOf(emoji);
    const own = region === null ? found?.tts?.[0] : regions.of(region);
    return { label: own ?? label, words: found?.default ?? [] };
  };
}

/** The form that Unicode recommends for general interchange: some are listed with a selector that they do not need. */
function recommended(emoji: string): string {
  return /^\p{RGI_Emoji}$/v.test(emoji) ? emoji : emoji.replaceAll("\u{FE0F}", "");
}

/** `FR` of the French flag. */
function regionOf(emoji: string): string | null {
  const letters = Array.from(emoji, (letter) => (letter.codePointAt(0) ?? 0) - 0x1f1e6);
  if (letters.length !== 2 || letters.some((letter) => letter < 0 || letter > 25)) return null;
  return String.fromCharCode(...letters.map((letter) => letter + 65));
}

async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(require.resolve(path), "utf8")) as Content;
}

import type { EmojiGroups } from "../domain/emoji.ts";
import type { Language } from "./language.ts";

const modules: Readonly<Record<Language, () => Promise<{ default: EmojiGroups }>>> = {
  en: () => import("virtual:emoji/en"),
  de: () => import("virtual:emoji/de"),
  fr: () => import("virtual:emoji/fr"),
  es: () => import("virtual:emoji/es"),
  ja: () => import("virtual:emoji/ja"),
  ar: () => import("virtual:emoji/ar"),
};

/** Loads the emoji of Unicode with their names in a language. */
export async function loadEmoji(language: Language): Promise<EmojiGroups> {
  return (await modules[language]()).default;
}

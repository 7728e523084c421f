import { type Messages, setupI18n } from "@lingui/core";
import { signal } from "@preact/signals";
import type english from "../locales/en.json";
import { readPreference, writePreference } from "./preferences.ts";

export type TextId = keyof typeof english;
export type Language = (typeof languages)[number]["code"];

/** The languages that there is a catalog for, each in its own words. */
export const languages = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
  { code: "fr", name: "Français" },
  { code: "es", name: "Español" },
  { code: "ja", name: "日本語" },
  { code: "ar", name: "العربية" },
] as const;

const rightToLeft: readonly string[] = ["ar"];
const catalogs = {
  /** What the first screen says. */
  first: import.meta.glob<Messages>("../locales/*.json", { import: "default", query: "?first" }),
  /** All else, which comes with the first part that is loaded later. */
  rest: import.meta.glob<Messages>("../locales/*.json", { import: "default", query: "?rest" }),
};
let rest: Promise<void> | null = null;
/** How often texts came that were not there before. */
const additions = signal(0);
const i18n = setupI18n();

/** The language that is shown now. */
export const language = signal<Language>("en");

/** How dates and numbers are written: as the browser says for the language shown now (`en-GB`), else as the language does. */
export const locale = signal<string>("en");

/** The language that was chosen; null follows the browser. */
export const chosenLanguage = signal<Language | null>(find(readPreference("language")));

/** The text of the catalog in the language shown now. */
export function t(id: TextId, values?: Record<string, string | number>): string {
  observe();
  return i18n._(id, values);
}

/** Whether the catalogs have a text of this name. */
export function isText(id: string): id is TextId {
  observe();
  return id in i18n.messages;
}

/** Whoever shows a text shows it anew when its language, or what is known of that, is another. */
function observe(): void {
  void [language.value, additions.value];
}

/** Shows another language from now on; null follows the browser. */
export async function chooseLanguage(choice: Language | null): Promise<void> {
  chosenLanguage.value = choice;
  writePreference("language", choice);
  await showLanguage();
}

/** Loads the catalog of the chosen language, or else of the browser's first one that we have, and shows it. */
export async function showLanguage(): Promise<void> {
  const code = current();
  const wanted = [load("first", code), ...(rest === null ? [] : [load("rest", code)])];
  i18n.loadAndActivate({ locale: code, messages: Object.assign({}, ...(await Promise.all(wanted))) });
  language.value = code;
  locale.value = navigator.languages.find((tag) => tag.split("-")[0] === code) ?? code;
  document.documentElement.lang = code;
  document.documentElement.dir = rightToLeft.includes(code) ? "rtl" : "ltr";
}

/** Loads what is said beyond the first screen, once. */
export function loadAllTexts(): Promise<void> {
  const code = language.peek();
  rest ??= load("rest", code).then(
    (messages) => {
      i18n.load(code, messages);
      additions.value += 1;
    },
    (error: unknown) => {
      rest = null;
      throw error;
    },
  );
  return rest;
}

function current(): Language {
  return chosenLanguage.peek() ?? preferred(navigator.languages);
}

function load(part: keyof typeof catalogs, code: Language): Promise<Messages> {
  const find = catalogs[part][`../locales/${code}.json`];
  if (find === undefined) throw new Error(`no catalog for ${code}`);
  return find();
}

function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = find(tag.split("-")[0] ?? tag);
    if (found !== null) return found;
  }
  return "en";
}

function find(code: string | null): Language | null {
  return languages.find((known) => known.code === code)?.code ?? null;
}

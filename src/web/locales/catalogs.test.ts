import { readdirSync, readFileSync } from "node:fs";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { expect, test } from "vitest";

const folder = new URL(".", import.meta.url);
const catalogs = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [
      name.replace(".json", ""),
      JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, string>,
    ]),
);
const english = catalogs.get("en") ?? {};

function placeholders(text: string): string[] {
  const names: string[] = [];
  JSON.stringify(compileMessageOrThrow(text), (_key, value: unknown) => {
    if (Array.isArray(value) && typeof value[0] === "string" && text.includes(`{${value[0]}`))
      names.push(value[0]);
    return value;
  });
  return [...new Set(names)].toSorted();
}

test.each([...catalogs])(
  "the catalog %s has every text, with the same placeholders",
  (_language, catalog) => {
    expect(Object.keys(catalog)).toEqual(Object.keys(english));
    for (const [id, text] of Object.entries(catalog)) {
      expect(text.trim(), id).not.toBe("");
      expect(placeholders(text), id).toEqual(placeholders(english[id] ?? ""));
    }
  },
);

test.each([...catalogs])("the catalog %s has every plural form of its language", (language, catalog) => {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [id, text] of Object.entries(catalog)) {
    if (!text.includes("plural,")) continue;
    // Spanish and French have a form for millions, which no count here reaches.
    const wanted = forms.filter((form) => form !== "many" || language === "ar");
    for (const form of wanted) expect(text, id).toContain(`${form} {`);
  }
});

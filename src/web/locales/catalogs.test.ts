import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { expect, test } from "vitest";
import { auditActions } from "#lib/audit-action.ts";
import { deliveryReasons } from "#lib/delivery-reason.ts";
import { reachReasons } from "#lib/reach-reason.ts";

type Catalog = Record<string, string>;

const files = import.meta.glob<Catalog>("./*.json", { eager: true, import: "default" });
const catalogs = Object.entries(files).map(([path, catalog]) => ({ language: path.slice(2, 4), catalog }));
const english = files["./en.json"] ?? {};

/** A compiled text is a list of words and of placeholders: `[name, kind, { form: list }]`. */
function names(compiled: unknown): string[] {
  if (!Array.isArray(compiled)) return [];
  return compiled.flatMap((token: unknown) => {
    if (!Array.isArray(token)) return [];
    const forms = typeof token[2] === "object" ? Object.values(token[2] as Record<string, unknown>) : [];
    return [String(token[0]), ...forms.flatMap(names)];
  });
}

const placeholders = (text = "") => [...new Set(names(compileMessageOrThrow(text)))].toSorted();

test.each(catalogs)("the catalog $language has every text, with the same placeholders", ({ catalog }) => {
  expect(Object.keys(catalog)).toEqual(Object.keys(english));
  for (const [id, text] of Object.entries(catalog)) {
    expect([id, text.trim()]).not.toEqual([id, ""]);
    expect([id, ...placeholders(text)]).toEqual([id, ...placeholders(english[id])]);
  }
});

test.each(catalogs)(
  "the catalog $language has every plural form of its language",
  ({ language, catalog }) => {
    // Spanish and French have a form for millions, which no count here reaches.
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const wanted = pluralCategories.filter((form) => form !== "many" || language === "ar");
    for (const [id, text] of Object.entries(catalog)) {
      if (!text.includes("plural,")) continue;
      for (const form of wanted) expect(`${id}: ${text}`).toContain(`${form} {`);
    }
  },
);

test("everything that is noted for later has its sentence", () => {
  const sentences = auditActions.map((action) => `audit.${action}`);
  expect(Object.keys(english)).toEqual(expect.arrayContaining(sentences));
});

test("every reason that a server names has its words", () => {
  const reasons = Object.keys(deliveryReasons).map((reason) => `reason.${reason}`);
  const reaches = Object.keys(reachReasons).map((reason) => `reach.${reason}`);
  expect(Object.keys(english)).toEqual(expect.arrayContaining([...reasons, ...reaches]));
});

import { expect, test } from "vitest";
import { readQuery } from "./query.ts";

function read(text: string, zone = "UTC"): object {
  const { terms, ...rest } = readQuery(text, zone);
  const words = terms.map(({ words, isOpen, isRefused }) => {
    return `${isRefused ? "-" : ""}${words.join("+")}${isOpen ? "*" : ""}`;
  });
  const given = Object.entries(rest).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value));
  return { ...Object.fromEntries(given), ...(words.length > 0 && { words }) };
}

test("words, phrases, refused words, and the last one unfinished", () => {
  expect(read('one "two three" -four -"five six" se')).toEqual({
    words: ["one", "two+three", "-four", "-five+six", "se*"],
  });
  expect(read("done ")).toEqual({ words: ["done"] });
  expect(read('"open end')).toEqual({ words: ["open+end"] });
  expect(read("well-known")).toEqual({ words: ["well+known*"] });
});

test("operators with a word, an address or words in quotation marks", () => {
  expect(read('from:me FROM:@bo@b.example in:"the band" has:link hi ')).toEqual({
    from: ["me", "@bo@b.example"],
    in: ["the band"],
    hasLink: true,
    words: ["hi"],
  });
  expect(read("has:file has:image")).toEqual({ hasFile: true });
});

test("what looks like an operator and is none is words", () => {
  expect(read("http://a.example x:y -from:bo ")).toEqual({ words: ["http+a+example", "x+y", "-from+bo"] });
});

test("dates are days of the zone: before their beginning, after their end", () => {
  expect(read("before:2026-07-01 after:2026-01-01")).toEqual({
    before: new Date("2026-07-01T00:00:00Z"),
    after: new Date("2026-01-02T00:00:00Z"),
  });
  expect(read("before:2026-07-01 after:2026-01-01", "Europe/Paris")).toEqual({
    before: new Date("2026-06-30T22:00:00Z"),
    after: new Date("2026-01-01T23:00:00Z"),
  });
  expect(read("before:2026-03-29", "Europe/Paris")).toEqual({ before: new Date("2026-03-28T23:00:00Z") });
  expect(read("after:2026-03-29", "Europe/Paris")).toEqual({ after: new Date("2026-03-29T22:00:00Z") });
  expect(read("after:2026-01-01T12:00:00+02:00")).toEqual({ after: new Date("2026-01-01T10:00:00Z") });
  expect(read("before:2026-07-01 before:2026-06-01")).toEqual({ before: new Date("2026-06-01T00:00:00Z") });
});

test("a query that asks nothing, or asks for what cannot be, is refused", () => {
  const asked = [
    "",
    "  ",
    "!?",
    'in:""',
    "has:money",
    "before:soon",
    "after:2026-02-30",
    "before:0000-01-01",
  ];
  for (const text of [...asked, "after:9999-12-31", "before:2026-01-01T25:00:00Z"]) {
    expect(() => read(text), text).toThrow(expect.objectContaining({ code: "query_invalid", field: "q" }));
  }
});

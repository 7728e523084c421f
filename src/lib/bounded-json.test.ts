import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonRefused, parseBoundedJson, type JsonLimits } from "./bounded-json.ts";

function parse(text: string | Uint8Array, limits?: JsonLimits): unknown {
  return parseBoundedJson(typeof text === "string" ? Buffer.from(text) : text, limits);
}

function problem(text: string | Uint8Array): string {
  try {
    parse(text);
    return "parsed";
  } catch (error) {
    if (error instanceof JsonRefused) return error.problem;
    throw error;
  }
}

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

test("what JSON.parse reads within the limits is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), fc.nat(3), (value, space) => {
      const text = JSON.stringify(value, null, space);
      fc.pre(!/"(__proto__|constructor|prototype)":/.test(text));
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("nonsense is refused and never thrown as anything else", () => {
  const refused = Symbol("refused");
  const attempt = (read: () => unknown): unknown => {
    try {
      return read();
    } catch (error) {
      if (error instanceof JsonRefused || error instanceof SyntaxError) return refused;
      throw error;
    }
  };
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{}:,"\\eE0-9.trufalsn -]*$/), (text) => {
      const plain = attempt(() => JSON.parse(text));
      expect([refused, plain]).toContainEqual(attempt(() => parse(text)));
    }),
    { numRuns: 2_000 },
  );
});

/** Milliseconds of this thread's processor, whatever else the machine does. */
function cost(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

describe("refused", () => {
  const utf16 = Buffer.from('{"a":1}', "utf16le");
  test.each<[name: string, text: string | Uint8Array, problem: string]>([
    ["nothing", "", "not_json"],
    ["a half", '{"a":', "not_json"],
    ["an open string", '{"a":"', "not_json"],
    ["a string that ends in a backslash", '"\\"', "not_json"],
    ["two values", "{}{}", "not_json"],
    ["a trailing comma", "[1,]", "not_json"],
    ["NaN", '{"a":NaN}', "not_json"],
    ["Infinity", "[Infinity]", "number_too_large"],
    ["a number beyond every number", "[1e999]", "number_too_large"],
    ["hexadecimal", "[0x10]", "not_json"],
    ["a comment", "[1]//", "not_json"],
    ["a raw line break in a string", '"a\nb"', "not_json"],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "not_utf8"],
    ["a surrogate as bytes", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), "not_utf8"],
    ["a byte order mark", "\uFEFF{}", "byte_order_mark"],
    ["UTF-16", utf16, "not_json"],
    ["UTF-16 with its mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), "not_utf8"],
    ["a lone surrogate in a value", String.raw`["\ud800"]`, "lone_surrogate"],
    ["a lone surrogate in a key", String.raw`{"\udc00":1}`, "lone_surrogate"],
    ["33 levels", nested(33), "too_deep"],
    ["10,000 levels", nested(10_000), "too_deep"],
    ["10,000 levels of objects", '{"a":'.repeat(10_000), "too_deep"],
    ["a million values", `[${"1,".repeat(999_999)}1]`, "too_many_values"],
    ["a million commas", `[${",".repeat(1_000_000)}]`, "too_many_values"],
    ["200,000 keys without values", `{${'"a":'.repeat(200_000)}`, "duplicate_key"],
    [
      "100,000 keys",
      `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join(",")}}`,
      "too_many_values",
    ],
    ["a key of 257 characters", `{"${"k".repeat(257)}":1}`, "key_too_long"],
    ["a key of a megabyte", `{"${"k".repeat(1_000_000)}":1}`, "key_too_long"],
    ["a duplicate key", '{"actor":"a","b":{"actor":"c"},"actor":"d"}', "duplicate_key"],
    ["a duplicate key, spelled otherwise", String.raw`{"actor":"a","\u0061ctor":"d"}`, "duplicate_key"],
    ["__proto__", '{"__proto__":{"admin":true}}', "forbidden_key"],
    ["__proto__, spelled otherwise", String.raw`{"\u005f_proto__":1}`, "forbidden_key"],
    ["constructor", '[{"a":{"constructor":1}}]', "forbidden_key"],
  ])("%s", (_name, text, expected) => {
    expect(problem(text)).toBe(expected);
    expect(cost(() => problem(text))).toBeLessThan(50);
  });
});

describe("accepted", () => {
  test.each([
    ["32 levels", nested(32)],
    ["the same key in two objects", '[{"a":1},{"a":1},{"b":{"a":1,"c":[{"a":1}]}}]'],
    ["a key that is a value elsewhere", '{"a":"b","b":"a"}'],
    ["a pair of surrogates, escaped", String.raw`"\ud83d\ude00"`],
    ["backslashes before the end", String.raw`{"a\\":"b\\","c\"":"\\\""}`],
    ["a forbidden name as a value", '{"a":"__proto__"}'],
    ["a string of a megabyte", `"${"a".repeat(1_000_000)}"`],
    ["10,000 values", `[${"1,".repeat(9_998)}1]`],
    ["blanks", ` \t\r\n{ "a" : [ 1 , true ] } \n`],
  ])("%s", (_name, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
    expect(cost(() => parse(text))).toBeLessThan(50);
  });

  test("less, when the limits say so", () => {
    expect(() => parse("[[1]]", { depth: 1 })).toThrow(JsonRefused);
    expect(() => parse("[1,2]", { nodes: 2 })).toThrow(JsonRefused);
    expect(() => parse('{"abc":1}', { keyLength: 2 })).toThrow(JsonRefused);
  });
});

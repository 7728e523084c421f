import { expect, test } from "vitest";
import { ApiFailure, Unreachable } from "#web/platform/http.ts";
import { Attempts, check, type Outcome, type Reading, type Send } from "./checker.ts";

const a = "https://a.example";
const b = "https://b.example";
const ana = "@ana@a.example";
const bo = "@bo@b.example";

/** Sends of one author, one after another, each of 10 ms. */
function said(author: string, texts: readonly string[], outcome: Outcome = "ok"): Send[] {
  const server = author === ana ? a : b;
  return texts.map((text, index) => {
    return { author, server, text, invokedAt: index * 20, settledAt: index * 20 + 10, outcome };
  });
}

function shown(reader: string, texts: readonly string[]): Reading {
  const messages = texts.map((text, index) => {
    return { author: text.startsWith("a") ? ana : bo, text, position: index + 1 };
  });
  return { reader, server: reader.startsWith("a") ? a : b, messages };
}

function kinds(sends: readonly Send[], readings: readonly Reading[]): string[] {
  return check(sends, readings).map(({ kind, reader, text }) => `${reader}: ${kind} ${text}`);
}

const sends = [...said(ana, ["a1", "a2", "a3"]), ...said(bo, ["b1", "b2"])];

test("a history in which each server has its own order of both authors is in order", () => {
  const first = ["a1", "a2", "b1", "a3", "b2"];
  const second = ["b1", "b2", "a1", "a2", "a3"];
  expect(kinds(sends, [shown("a1", first), shown("a2", first), shown("b1", second)])).toEqual([]);
});

test("a lost message is found at each reader who misses it", () => {
  const all = ["a1", "a2", "a3", "b1", "b2"];
  const without = ["a1", "a3", "b1", "b2"];
  expect(kinds(sends, [shown("a1", all), shown("b1", without)])).toEqual(["b1: lost a2"]);
  expect(kinds(sends, [shown("a1", without), shown("b1", without)])).toEqual(["a1: lost a2", "b1: lost a2"]);
});

test("a doubled message is found", () => {
  const all = ["a1", "a2", "a3", "b1", "b2"];
  expect(kinds(sends, [shown("a1", all), shown("b1", ["a1", "a2", "a2", "a3", "b1", "b2"])])).toEqual([
    "b1: doubled a2",
  ]);
});

test("messages that another server put into another order than their author's server are found", () => {
  const all = ["a1", "a2", "a3", "b1", "b2"];
  const swapped = ["a2", "a1", "a3", "b1", "b2"];
  expect(kinds(sends, [shown("a1", all), shown("b1", swapped)])).toEqual(["b1: reordered a1"]);
});

test("a message that stands before one acknowledged earlier is found, though all servers agree", () => {
  const swapped = ["a1", "a3", "a2", "b1", "b2"];
  expect(kinds(sends, [shown("a1", swapped), shown("b1", swapped)])).toEqual(["a1: reordered a3"]);
});

test("sends that overlap in time may stand in either order", () => {
  const [first, second] = said(ana, ["a1", "a2"]) as [Send, Send];
  const overlapping = [{ ...first, settledAt: second.settledAt + 1 }, second];
  expect(kinds(overlapping, [shown("a1", ["a2", "a1"]), shown("b1", ["a2", "a1"])])).toEqual([]);
});

test("an unknown outcome may be there or not, but only once and for everybody alike", () => {
  const unsure = [...said(ana, ["a1"]), ...said(bo, ["b1"], "unknown")];
  expect(kinds(unsure, [shown("a1", ["a1"]), shown("b1", ["a1"])])).toEqual([]);
  expect(kinds(unsure, [shown("a1", ["a1", "b1"]), shown("b1", ["b1", "a1"])])).toEqual([]);
  expect(kinds(unsure, [shown("a1", ["a1"]), shown("b1", ["a1", "b1"])])).toEqual(["a1: torn b1"]);
  expect(kinds(unsure, [shown("a1", ["a1", "b1", "b1"]), shown("b1", ["a1", "b1"])])).toEqual([
    "a1: doubled b1",
  ]);
});

test("what nobody said, what was refused, and a false author are found", () => {
  const refused = [...said(ana, ["a1"]), ...said(bo, ["b1"], "fail")];
  expect(kinds(refused, [shown("a1", ["a1", "a9", "b1"])])).toEqual(["a1: invented a9", "a1: refused b1"]);
  const forged = { ...shown("b1", []), messages: [{ author: bo, text: "a1", position: 1 }] };
  expect(kinds(said(ana, ["a1"]), [forged])).toEqual(["b1: invented a1"]);
});

test("a gap in the positions and readers of one server who disagree are found", () => {
  const late = { ...shown("b1", []), messages: [{ author: ana, text: "a1", position: 2 }] };
  expect(kinds(said(ana, ["a1"]), [late])).toEqual(["b1: gap a1"]);
  const both = [...said(ana, ["a1"]), ...said(bo, ["b1"])];
  expect(kinds(both, [shown("a1", ["a1", "b1"]), shown("a2", ["b1", "a1"])])).toEqual([
    "a2: disagreement b1",
  ]);
});

test("a refusal counts as failed, a broken connection as unknown, and a fault of the test is thrown", async () => {
  const attempts = new Attempts();
  const note = (text: string, work: () => Promise<unknown>) =>
    attempts.note({ author: ana, server: a, text }, work);
  expect(await note("a1", () => Promise.resolve())).toBe("ok");
  const refusal = new ApiFailure(422, { error: "empty", message: "" });
  expect(await note("a2", () => Promise.reject(refusal))).toBe("fail");
  expect(await note("a3", () => Promise.reject(new Unreachable("cut")))).toBe("unknown");
  await expect(note("a4", () => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
  expect([attempts.count(a, "ok"), attempts.count(a, "unknown"), attempts.count(b, "ok")]).toEqual([1, 1, 0]);
});

import { expect, test } from "vitest";
import { keepAnswer } from "./keep-answer.ts";

test("all who want to know at once make one question, and the answer is kept", async () => {
  let asked = 0;
  const ask = keepAnswer(() => Promise.resolve(++asked), { keepMs: 60_000, pauseMs: 60_000 });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(1);
});

test("what is not kept is asked anew", async () => {
  let asked = 0;
  const ask = keepAnswer(() => Promise.resolve(++asked), { keepMs: 0, pauseMs: 0 });
  expect([await ask(), await ask()]).toEqual([1, 2]);
});

test("after a failure nobody is asked for a while, and everybody gets the same failure", async () => {
  let asked = 0;
  const fail = () => Promise.reject(new Error(`failure ${++asked}`));
  const ask = keepAnswer(fail, { keepMs: 60_000, pauseMs: 60_000 });
  await expect(ask()).rejects.toThrow("failure 1");
  await expect(ask()).rejects.toThrow("failure 1");
  const eager = keepAnswer(fail, { keepMs: 60_000, pauseMs: 0 });
  await expect(eager()).rejects.toThrow("failure 2");
  await expect(eager()).rejects.toThrow("failure 3");
});

import { expect, test } from "vitest";
import { moveDivider, Reading } from "./reading.ts";

function scene() {
  const marks: [string, number][] = [];
  const timers: { task: () => void }[] = [];
  const eyes = { on: true };
  const reading = new Reading({
    attentive: () => eyes.on,
    after: (_milliseconds, task) => {
      const timer = { task };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    mark: async (id, position) => marks.push([id, position]),
  });
  const pass = () => timers.splice(0).forEach(({ task }) => task());
  return { reading, marks, eyes, pass };
}

test("what was seen for a second is read, up to the last message seen", () => {
  const { reading, marks, pass } = scene();
  reading.sees("c", 3, 0);
  reading.sees("c", 5, 0);
  expect(marks).toEqual([]);
  pass();
  expect(marks).toEqual([["c", 5]]);
});

test("nothing is read while nobody looks, or by one who looks away", () => {
  const { reading, marks, eyes, pass } = scene();
  eyes.on = false;
  reading.sees("c", 3, 0);
  pass();
  eyes.on = true;
  reading.sees("c", 3, 0);
  reading.looksAway();
  pass();
  expect(marks).toEqual([]);
});

test("what is read already is not marked again", () => {
  const { reading, marks, pass } = scene();
  reading.sees("c", 3, 3);
  pass();
  reading.sees("c", 4, 3);
  pass();
  reading.sees("c", 4, 3);
  pass();
  expect(marks).toEqual([["c", 4]]);
});

test("the line of new messages stands above what comes while nobody looks", () => {
  const came = { before: 0, now: 2, readPosition: 7 };
  expect(moveDivider(null, { ...came, looks: false })).toBe(7);
  expect(moveDivider(3, { ...came, looks: false })).toBe(7);
  expect(moveDivider(3, { ...came, looks: true })).toBe(3);
  expect(moveDivider(3, { before: 2, now: 3, readPosition: 3, looks: false })).toBe(3);
});

test("the line of new messages goes when an answer from another session has read them", () => {
  const answered = { before: 2, now: 0, readPosition: 10 };
  expect(moveDivider(7, { ...answered, looks: false })).toBeNull();
  expect(moveDivider(7, { ...answered, looks: true })).toBe(7);
});

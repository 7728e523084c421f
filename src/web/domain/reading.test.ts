import { expect, test } from "vitest";
import { Reading } from "./reading.ts";

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

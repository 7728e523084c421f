import { expect, test } from "vitest";
import type { ClientFrame } from "#protocol/socket.ts";
import type { Presence } from "#protocol/types.ts";
import { Signals } from "./signals.ts";

/** Time that only the test lets pass. */
function createScene() {
  const sent: ClientFrame[] = [];
  let now = 0;
  let tasks: { at: number; task: () => void }[] = [];
  const signals = new Signals({
    send: (frame) => void sent.push(frame),
    now: () => now,
    after: (milliseconds, task) => {
      const waiting = { at: now + milliseconds, task };
      tasks.push(waiting);
      return () => void (tasks = tasks.filter((one) => one !== waiting));
    },
  });
  const pass = (milliseconds: number): void => {
    now += milliseconds;
    const due = tasks.filter(({ at }) => at <= now);
    tasks = tasks.filter(({ at }) => at > now);
    for (const { task } of due) task();
  };
  const typing = (personId: string) => signals.receive({ type: "typing", conversationId: "c", personId });
  return { signals, sent, pass, typing, writing: signals.typingIn("c") };
}

const online = (personId: string): Presence => ({ personId, state: "online", status: null });

test("who writes is shown for five seconds after they last said so", () => {
  const { pass, typing, writing } = createScene();
  typing("bo");
  pass(3_000);
  typing("bo");
  typing("cy");
  pass(4_999);
  expect(writing.value).toEqual(["bo", "cy"]);
  pass(1);
  expect(writing.value).toEqual([]);
});

test("a message ends its author's writing at once, and a new connection everybody's", () => {
  const { signals, typing, writing } = createScene();
  typing("bo");
  typing("cy");
  const message = { authorId: "bo" } as never;
  signals.receive({ type: "message.posted", conversationId: "c", revision: 2, message });
  expect(writing.value).toEqual(["cy"]);
  signals.receive({ type: "hello", generation: "g", number: 0, time: "2026-01-01T10:00:00.000Z" });
  expect(writing.value).toEqual([]);
});

test("one says that one writes every three seconds at most, for each conversation", () => {
  const { signals, sent, pass } = createScene();
  for (let i = 0; i < 7; i += 1) {
    signals.type("c");
    pass(1_000);
  }
  signals.type("d");
  expect(sent.map((frame) => "conversationId" in frame && frame.conversationId)).toEqual([
    "c",
    "c",
    "c",
    "d",
  ]);
});

test("whether somebody is at this device is said when it is news, and again to a server that has just met it", () => {
  const { signals, sent, pass } = createScene();
  signals.act("active");
  signals.act("active");
  pass(60_000);
  signals.act("active");
  signals.act("idle");
  pass(60_000);
  signals.act("idle");
  signals.receive({ type: "hello", generation: "g", number: 0, time: "2026-01-01T10:00:00.000Z" });
  const states = sent.map((frame) => frame.type === "activity" && frame.state);
  expect(states).toEqual(["active", "active", "idle", "idle"]);
});

test("whoever is there is known until they are offline, or the connection is another", () => {
  const { signals } = createScene();
  signals.receive({ type: "presence", people: [online("bo"), online("cy")] });
  signals.receive({ type: "presence", people: [{ ...online("bo"), state: "offline" }] });
  expect(Object.keys(signals.people.value)).toEqual(["cy"]);
  signals.receive({ type: "hello", generation: "g", number: 0, time: "2026-01-01T10:00:00.000Z" });
  expect(signals.people.value).toEqual({});
});

test("a status is gone when its time is over, unless another one came meanwhile", () => {
  const { signals, pass } = createScene();
  const says = (personId: string, text: string, end: number | null): Presence => {
    const until = end === null ? null : new Date(end).toISOString();
    return { personId, state: "online", status: { text, until } };
  };
  const year = 365 * 24 * 3_600_000;
  const people = [says("bo", "at sea", 1_000), says("cy", "at lunch", 1_000), says("dan", "away", year)];
  signals.receive({ type: "presence", people });
  signals.receive({ type: "presence", people: [says("cy", "in a meeting", null)] });
  const statuses = () => Object.values(signals.people.value).map(({ status }) => status?.text);
  pass(999);
  expect(statuses()).toEqual(["at sea", "in a meeting", "away"]);
  pass(1);
  expect(statuses()).toEqual([undefined, "in a meeting", "away"]);
  // Longer than a timer of a browser counts.
  pass(year / 2);
  expect(statuses()).toEqual([undefined, "in a meeting", "away"]);
  pass(year / 2);
  expect(statuses()).toEqual([undefined, "in a meeting", undefined]);
});

import { expect, test } from "vitest";
import { STATUS_GRAPHEMES } from "#domain/preferences.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Dropped } from "./dropped.ts";
import { readSignal } from "./signal-in.ts";
import { translatePresence, translateTyping } from "./signal-out.ts";

const home = { origin: "https://a.example", host: "a.example" };
const personId = "11111111-1111-4111-8111-111111111111" as PersonId;
const actor = `https://a.example/users/${personId}`;
const to = ["https://b.example/users/bo"];
const context = [
  "https://www.w3.org/ns/activitystreams",
  {
    luciole: "urn:luciole:ns#",
    chatTyping: "luciole:chatTyping",
    chatPresence: "luciole:chatPresence",
    chatState: "luciole:chatState",
  },
];

test("typing names who writes, in which conversation, and for whom", () => {
  const conversation = { id: "22222222-2222-4222-8222-222222222222" as ConversationId, uri: null };
  const room = `https://a.example/r/${conversation.id}`;
  const json = translateTyping(home, { personId, to, conversation });
  expect(json).toEqual({ "@context": context, type: "chatTyping", actor, to, context: room });
  expect(readSignal(json)).toEqual({ kind: "typing", to, room });
});

test("presence says the state, and the status while there is one", () => {
  const about = { state: "idle" as const, status: { text: "at sea", until: "2026-01-02T00:00:00.000Z" } };
  const json = translatePresence(home, { personId, to, about });
  expect(json).toEqual({
    "@context": context,
    type: "chatPresence",
    actor,
    to,
    chatState: "idle",
    summary: "at sea",
    endTime: "2026-01-02T00:00:00.000Z",
  });
  expect(readSignal(json)).toEqual({ kind: "presence", to, about });
  const bare = translatePresence(home, { personId, to, about: { state: "offline", status: null } });
  expect(readSignal(bare)).toEqual({ kind: "presence", to, about: { state: "offline", status: null } });
});

test("a status of another server is one line of a bounded length that turns no text around it", () => {
  const summary = ` \u202e${"x".repeat(500)}\n\u0007y`;
  const signal = readSignal({ type: "chatPresence", actor, to, chatState: "online", summary });
  expect(signal).toMatchObject({ about: { status: { text: "x".repeat(STATUS_GRAPHEMES), until: null } } });
});

test.each([
  { type: "Create" },
  { type: ["chatTyping", "chatPresence"] },
  { type: "chatTyping", to },
  { type: "chatTyping", context: "https://a.example/r/1" },
  { type: "chatTyping", to: [], context: "https://a.example/r/1" },
  { type: "chatTyping", to: Array.from({ length: 101 }, () => to[0]!), context: "https://a.example/r/1" },
  { type: "chatPresence", to, chatState: "away" },
  { type: "chatPresence", to: [1], chatState: "online" },
])("%j is no signal", (said) => {
  expect(() => readSignal(said)).toThrow(Dropped);
});

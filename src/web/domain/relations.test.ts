import { beforeEach, expect, test, vi } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import { applyOwn, applyView } from "#protocol/apply.ts";
import { defaultPreferences } from "#protocol/state.ts";
import type { Person, Relation } from "#protocol/types.ts";
import { blankMembership } from "../../../test/helpers/blank.ts";
import { ChatStore } from "./chat-store.ts";
import { Relations } from "./relations.ts";

const now = Date.parse("2026-03-01T10:00:00.000Z");

beforeEach(() => void vi.useFakeTimers({ now }));

function relation(personId: string, known: Partial<Relation>): Relation {
  return { personId, block: null, muted: false, mutedUntil: null, ...known };
}

/** A conversation of `ann` with others, with so many unread messages. */
function view(id: string, others: string[], unread: number): ConversationView {
  const members = ["ann", ...others].map((personId) => ({ person: { id: personId }, role: "member" }));
  return {
    conversation: { id, kind: "direct", title: null, members, revision: 1, lastPosition: 1 },
    membership: { ...blankMembership, conversationId: id, unread, activityAt: id },
    deliveries: [],
  } as unknown as ConversationView;
}

function begin(relations: Relation[]) {
  const store = new ChatStore();
  store.begin("ann", 0);
  store.update((state) =>
    applyOwn(state, {
      ...{ number: 0, person: { id: "ann" } as Person, relations, preferences: defaultPreferences },
      ...{ folders: [], invitations: [] },
    }),
  );
  const asked: unknown[] = [];
  const answer = async (...input: unknown[]) => {
    asked.push(input);
    return relation("bob", {});
  };
  const after = (milliseconds: number, task: () => void) => {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  };
  const api = { block: answer, unblock: answer, mute: answer, unmute: answer };
  const sync = { catchUp: () => void asked.push("catch up") };
  return { store, asked, relations: new Relations({ api, store, sync, now: Date.now, after }) };
}

test("unread messages of muted and blocked people do not call for attention", () => {
  const { store, relations } = begin([relation("bob", { muted: true }), relation("cy", { block: "silent" })]);
  for (const one of [
    view("1", ["bob"], 2),
    view("2", ["cy"], 3),
    view("3", ["dan"], 4),
    view("4", ["bob", "dan"], 5),
  ])
    store.update((state) => applyView(state, one));
  expect(relations.unread.value).toBe(9);
  expect([relations.silences("bob"), relations.blocks("bob"), relations.blocks("cy")]).toEqual([
    true,
    false,
    true,
  ]);
});

test("a mute ends by itself at its time", () => {
  const until = new Date(now + 3_600_000).toISOString();
  const { store, relations } = begin([relation("bob", { muted: true, mutedUntil: until })]);
  store.update((state) => applyView(state, view("1", ["bob"], 2)));
  expect([relations.mutes("bob"), relations.unread.value]).toEqual([true, 0]);
  vi.advanceTimersByTime(3_600_000);
  expect([relations.mutes("bob"), relations.unread.value]).toEqual([false, 2]);
});

test("a mute that has ended before it is known counts for nothing", () => {
  const until = new Date(now - 1).toISOString();
  const { relations } = begin([relation("bob", { muted: true, mutedUntil: until })]);
  expect(relations.mutes("bob")).toBe(false);
});

test("what is chosen is asked of the server, and then the own changes are", async () => {
  const { asked, relations } = begin([]);
  await relations.mute("bob", 8);
  await relations.mute("bob", null);
  await relations.block("bob", "silent");
  expect(asked).toEqual([
    ["bob", "2026-03-01T18:00:00.000Z"],
    "catch up",
    ["bob", null],
    "catch up",
    ["bob", "silent"],
    "catch up",
  ]);
});

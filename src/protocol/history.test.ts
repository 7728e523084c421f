import { expect, test } from "vitest";
import { blankConversation, blankMembership } from "../../test/helpers/blank.ts";
import { apply, applyConversationPage, applyView } from "./apply.ts";
import { applyMessagePage, applySent, forgetWindow, trimWindow } from "./history.ts";
import { nothing, type ChatState, type ConversationState } from "./state.ts";
import type { Message } from "./types.ts";
import type { Delivery } from "./deliveries.ts";
import { messageOf } from "../../test/helpers/message.ts";

const id = "conversation";

function message(position: number, changes: Partial<Message> = {}): Message {
  const said = { id: `m${position}`, conversationId: id, authorId: "bob", position };
  return messageOf({ ...said, body: { text: `text ${position}` }, ...changes });
}

function stateWith(positions: number[], window: { hasBefore?: boolean; hasAfter?: boolean } = {}): ChatState {
  const last = positions.at(-1) ?? 0;
  const known: ConversationState = {
    conversation: { ...blankConversation, id, revision: last, lastPosition: last },
    membership: { ...blankMembership, conversationId: id },
    window: {
      messages: positions.map((position) => message(position)),
      hasBefore: false,
      hasAfter: false,
      ...window,
    },
    deliveries: {},
    saved: [],
    draft: null,
  };
  return { ...nothing, me: "ann", conversations: { [id]: known } };
}

const windowOf = (state: ChatState) => state.conversations[id]?.window;
const positions = (state: ChatState) => windowOf(state)?.messages.map(({ position }) => position);
const page = (list: Message[], ends: { hasBefore?: boolean; hasAfter?: boolean } = {}) => ({
  messages: list,
  deliveries: {},
  saved: [],
  hasBefore: false,
  hasAfter: false,
  ...ends,
});

test("an older page joins the start of the run", () => {
  const before = stateWith([5, 6], { hasBefore: true });
  const older = page([message(3), message(4)], { hasBefore: true, hasAfter: true });
  const after = applyMessagePage(before, {
    conversationId: id,
    page: older,
    joint: { at: "start", edge: 5 },
  });
  expect(positions(after)).toEqual([3, 4, 5, 6]);
  expect(windowOf(after)).toMatchObject({ hasBefore: true, hasAfter: false });
});

test("a page for an end that has moved meanwhile changes nothing", () => {
  const before = stateWith([5, 6], { hasBefore: true });
  const stale = page([message(7)]);
  expect(applyMessagePage(before, { conversationId: id, page: stale, joint: { at: "end", edge: 5 } })).toBe(
    before,
  );
});

test("a run is bounded at the far end and says so", () => {
  const before = stateWith([1, 2, 3, 4]);
  const start = trimWindow(before, { conversationId: id, keep: "start", limit: 2 });
  const end = trimWindow(before, { conversationId: id, keep: "end", limit: 2 });
  expect([positions(start), windowOf(start)?.hasAfter]).toEqual([[1, 2], true]);
  expect([positions(end), windowOf(end)?.hasBefore]).toEqual([[3, 4], true]);
  expect(windowOf(forgetWindow(before, id))).toBeNull();
});

test("a message that was posted and edited while away keeps its place among later ones", () => {
  const edited = message(2, { revision: 4, editedAt: "2026-01-01T11:00:00.000Z" });
  const after = applyConversationPage(stateWith([1]), {
    changes: [
      { type: "message.posted", conversationId: id, revision: 3, message: message(3) },
      { type: "message.edited", conversationId: id, revision: 4, message: edited },
    ],
    through: 4,
    more: true,
    view: null,
  });
  expect(positions(after)).toEqual([1, 2, 3]);
});

test("a summary that leaps over changes forgets the window", () => {
  const before = stateWith([1]);
  const known = before.conversations[id];
  if (known === undefined) throw new Error("no conversation");
  const leap = {
    conversation: { ...known.conversation, revision: 9 },
    membership: known.membership,
    deliveries: [],
    draft: null,
  };
  expect(windowOf(applyView(before, leap))).toBeNull();
  expect(windowOf(applyView(before, { ...leap, conversation: known.conversation }))).not.toBeNull();
});

test("the answer to a send is the change that the socket brings again", () => {
  const sent = { message: message(2, { authorId: "ann", key: "k" }), deliveries: [] };
  const once = applySent(stateWith([1]), sent);
  const change = { type: "message.posted", conversationId: id, revision: 2, message: sent.message } as const;
  expect(once.missing).toBeNull();
  expect(positions(once.state)).toEqual([1, 2]);
  expect(apply(once.state, change).state).toBe(once.state);
});

test("an answer that comes late does not undo a newer delivery state", () => {
  const delivery = (state: Delivery["state"], at: string): Delivery => ({
    personId: "bo",
    host: "b.example",
    state,
    reason: null,
    at,
  });
  const accepted = delivery("accepted", "2026-01-01T10:00:02.000Z");
  const before = apply(stateWith([1, 2]), {
    type: "delivery.changed",
    number: 1,
    conversationId: id,
    messageId: "m2",
    deliveries: [accepted],
  }).state;
  const late = { message: message(2), deliveries: [delivery("waiting", "2026-01-01T10:00:01.000Z")] };
  expect(applySent(before, late).state.conversations[id]?.deliveries["m2"]).toEqual([accepted]);
});

test("a personal change older than the summary does not undo it", () => {
  const before = stateWith([1, 2]);
  const known = before.conversations[id];
  if (known === undefined) throw new Error("no conversation");
  const newer = { ...known.membership, number: 2, readPosition: 2 };
  const fetched = applyView(before, {
    conversation: known.conversation,
    membership: newer,
    deliveries: [],
    draft: null,
  });
  const older = { ...known.membership, number: 1, readPosition: 1 };
  const after = apply(fetched, { type: "membership.changed", number: 1, membership: older, revision: 2 });
  expect(after.missing).toBeNull();
  expect(after.state.conversations[id]?.membership.readPosition).toBe(2);
});

test("a summary brings the states of its last message, and takes none back that came live", () => {
  const before = stateWith([1, 2]);
  const known = before.conversations[id];
  if (known === undefined) throw new Error("no conversation");
  const state = (name: Delivery["state"]): Delivery => ({
    personId: "bo",
    host: "b.example",
    state: name,
    reason: null,
    at: "",
  });
  const membership = { ...known.membership, lastMessage: message(2) };
  const view = { conversation: known.conversation, membership, deliveries: [state("waiting")], draft: null };
  const listed = applyView({ ...before, conversations: {} }, view);
  expect(listed.conversations[id]?.deliveries).toEqual({ m2: [state("waiting")] });
  const live = { ...known, deliveries: { m2: [state("accepted")] } };
  const again = applyView({ ...before, conversations: { [id]: live } }, view);
  expect(again.conversations[id]?.deliveries).toEqual({ m2: [state("accepted")] });
});

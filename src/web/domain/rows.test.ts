import { expect, test } from "vitest";
import type { Message } from "#protocol/types.ts";
import type { Pending } from "./outbox.ts";
import { layRows, type Row, type RowsInput } from "./rows.ts";
import { messageOf } from "../../../test/helpers/message.ts";

const dayOf = (iso: string) => iso.slice(0, 10);

function message(position: number, at: string, changes: Partial<Message> = {}): Message {
  return messageOf({ id: `m${position}`, authorId: "bob", position, sentAt: at, receivedAt: at, ...changes });
}

function pending(key: string, createdAt: string): Pending {
  return {
    key,
    personId: "me",
    conversationId: "c",
    text: "",
    inReplyTo: null,
    createdAt,
    refusal: null,
    state: "queued",
  };
}

function lay(messages: Message[], input: Partial<RowsInput> = {}): Row[] {
  const window = { messages, hasBefore: false, hasAfter: false };
  return layRows({ me: "me", window, pending: [], unreadAfter: null, dayOf, now: 0, ...input });
}

const kinds = (rows: Row[]) => rows.map(({ kind }) => kind);
const joins = (rows: Row[]) => rows.flatMap((row) => ("joins" in row ? [[row.joins, row.joined]] : []));

test("messages of one author within five minutes form one group", () => {
  const rows = lay([
    message(1, "2026-03-01T10:00:00Z"),
    message(2, "2026-03-01T10:04:59Z"),
    message(3, "2026-03-01T10:09:59Z"),
    message(4, "2026-03-01T10:10:00Z", { authorId: "me" }),
  ]);
  expect(joins(rows)).toEqual([
    [false, true],
    [true, false],
    [false, false],
    [false, false],
  ]);
});

test("a new day has its heading and its own group", () => {
  const rows = lay([message(1, "2026-03-01T23:59:00Z"), message(2, "2026-03-02T00:01:00Z")]);
  expect(kinds(rows)).toEqual(["day", "message", "day", "message"]);
  expect(joins(rows)).toEqual([
    [false, false],
    [false, false],
  ]);
});

test("the line of unread messages stands above the first of somebody else, and splits a group", () => {
  const at = "2026-03-01T10:00:00Z";
  const rows = lay([message(1, at), message(2, at, { authorId: "me" }), message(3, at), message(4, at)], {
    unreadAfter: 1,
  });
  expect(kinds(rows)).toEqual(["day", "message", "message", "unread", "message", "message"]);
});

test("an optimistic row gives way to its stored message and hands over its key", () => {
  const at = "2026-03-01T10:00:00Z";
  const unsent = [pending("k1", at), pending("k2", at)];
  const before = lay([], { pending: unsent });
  const after = lay([message(1, at, { authorId: "me", key: "k1" })], { pending: unsent });
  expect(before.map(({ key }) => key).slice(1)).toEqual(["own k1", "own k2"]);
  expect(after.map(({ key }) => key).slice(1)).toEqual(["own k1", "own k2"]);
  expect(kinds(after)).toEqual(["day", "message", "pending"]);
});

test("a key of somebody else's message hides no row of ours", () => {
  const at = "2026-03-01T10:00:00Z";
  const rows = lay([message(1, at, { key: "k1" })], { pending: [pending("k1", at)] });
  expect(kinds(rows)).toEqual(["day", "message", "pending"]);
});

test("no key that somebody chose is the key of another row", () => {
  const at = "2026-03-01T10:00:00Z";
  const [one, two] = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"];
  const chosen = ["unread", one, "own k1", `day 2026-03-01 ${one}`];
  const theirs = chosen.map((key, index) => message(index + 3, at, { key }));
  const rows = lay(
    [message(1, at, { id: one }), message(2, at, { authorId: "me", id: two, key: one }), ...theirs],
    { pending: [pending("k1", at), pending("unread", at)], unreadAfter: 2 },
  );
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test("unsent messages stand at the end only where the end is loaded", () => {
  const at = "2026-03-01T10:00:00Z";
  const window = { messages: [message(1, at)], hasBefore: false, hasAfter: true };
  expect(kinds(lay([], { window, pending: [pending("k", at)] }))).toEqual(["day", "message"]);
});

test("a late message stands alone", () => {
  const rows = lay([
    message(1, "2026-03-01T10:00:00Z"),
    message(2, "2026-03-01T10:01:00Z", { sentAt: "2026-03-01T08:00:00Z" }),
  ]);
  expect(joins(rows)).toEqual([
    [false, false],
    [false, false],
  ]);
});

test("what happens to a group is one row for all in a run, is never new, and parts the messages around it", () => {
  const happened: Partial<Message> = { notice: { type: "joined", personIds: [] } };
  const rows = lay(
    [
      message(1, "2026-03-01T10:00:00Z"),
      message(2, "2026-03-01T10:00:01Z", happened),
      message(3, "2026-03-01T10:00:02Z", happened),
      message(4, "2026-03-01T10:00:03Z"),
      message(5, "2026-03-02T10:00:00Z", happened),
    ],
    { unreadAfter: 1 },
  );
  expect(kinds(rows)).toEqual(["day", "message", "notices", "unread", "message", "day", "notices"]);
  expect(rows.flatMap((row) => (row.kind === "notices" ? [row.notices.map(({ id }) => id)] : []))).toEqual([
    ["m2", "m3"],
    ["m5"],
  ]);
  expect(joins(rows)).toEqual([
    [false, false],
    [false, false],
  ]);
});

test("what has had its time leaves no row, and those around it stand together", () => {
  const expiresAt = "2026-03-01T10:02:00Z";
  const messages = [
    message(1, "2026-03-01T10:00:00Z"),
    message(2, "2026-03-01T10:01:00Z", { authorId: "me", key: "k", expiresAt }),
    message(3, "2026-03-01T10:01:30Z"),
  ];
  const input = { pending: [pending("k", "2026-03-01T10:01:00Z")], now: Date.parse(expiresAt) };
  expect(joins(lay(messages, { ...input, now: input.now - 1 }))).toHaveLength(3);
  expect(joins(lay(messages, input))).toEqual([
    [false, true],
    [true, false],
  ]);
});

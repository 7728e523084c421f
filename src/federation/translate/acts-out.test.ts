import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { OutgoingActivity, OutgoingBlock, OutgoingLike } from "#domain/outgoing.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ActivityId, ConversationId, Id, MessageId, PersonId } from "#lib/ids.ts";
import { translateActivity } from "./activity-out.ts";

const home = { origin: "https://a.example", host: "a.example" };
const uuid = (last: string) => `0192f7a4-0000-7000-8000-0000000000${last}`;
const createdAt = new Date("2026-11-22T07:00:00Z");

function person(given: Partial<PersonRow>): PersonRow {
  const nothing = { uri: null, host: null, profileUrl: null, inbox: null, fetchedAt: null };
  const unmoved = { formerHandle: null, renamedAt: null, movedTo: null, movedAt: null, signals: null };
  const common = { kind: "person", state: "active", name: "", number: 0, createdAt } as const;
  return { id: uuid("0a") as PersonId, handle: "ann", ...common, ...nothing, ...unmoved, ...given };
}

const bo = person({
  id: uuid("0b") as PersonId,
  handle: "bo",
  host: "b.example",
  uri: "https://b.example/u/bo",
});
const message = { id: uuid("01") as MessageId, uri: "https://b.example/x/77" };
const common = { createdAt, actor: person({}), audience: [bo] };
const like: OutgoingLike = {
  ...common,
  id: uuid("a1") as ActivityId,
  type: "Like",
  message,
  emoji: { text: "👍", custom: null },
};
const pin = {
  ...common,
  id: uuid("a3") as ActivityId,
  message,
  conversation: { id: uuid("09") as ConversationId, uri: null },
};
const block: OutgoingBlock = { ...common, id: uuid("a4") as ActivityId, type: "Block", blocked: bo };
const firefly = { id: uuid("e1") as Id<"custom-emoji">, shortcode: "firefly", url: null };
const activities: Record<string, OutgoingActivity> = {
  like,
  "like-custom": { ...like, emoji: { text: ":firefly:", custom: firefly } },
  "undo-like": { ...common, id: uuid("a2") as ActivityId, type: "Undo", undone: like },
  add: { ...pin, type: "Add" },
  remove: { ...pin, type: "Remove" },
  block,
  "undo-block": { ...common, id: uuid("a5") as ActivityId, type: "Undo", undone: block },
};

test.each(Object.entries(activities))("%s is, byte for byte, what is written down", (name, outgoing) => {
  const path = new URL(`../../../test/fixtures/federation-out/${name}.json`, import.meta.url);
  expect(`${JSON.stringify(translateActivity(home, outgoing), null, 2)}\n`).toBe(readFileSync(path, "utf8"));
});

test("a custom emoji of another server goes out under its bare name, with the picture that came with it", () => {
  const custom = { ...firefly, url: "https://b.example/firefly.png" };
  const emoji = { text: ":firefly@b.example:", custom };
  expect(translateActivity(home, { ...like, emoji })).toMatchObject({
    content: ":firefly:",
    tag: [{ type: "Emoji", name: ":firefly:", icon: { type: "Image", url: custom.url } }],
  });
});

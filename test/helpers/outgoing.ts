import type { ActivityRow } from "#db/lanes.ts";
import type { OutgoingBlock, OutgoingLike, OutgoingMessage, OutgoingOf } from "#domain/outgoing.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ActivityId, ConversationId, Id, MessageId, PersonId } from "#lib/ids.ts";

/** Who says it all. */
export const home = { origin: "https://a.example", host: "a.example" };

const uuid = (last: string) => `0192f7a4-0000-7000-8000-0000000000${last}`;
const at = (time: string) => new Date(`2026-11-22T${time}Z`);
const activityId = (last: string) => uuid(last) as ActivityId;

function person(given: Partial<PersonRow>): PersonRow {
  const nothing = { uri: null, host: null, profileUrl: null, inbox: null, fetchedAt: null };
  const unmoved = { formerHandle: null, renamedAt: null, movedTo: null, movedAt: null, signals: null };
  const common = { kind: "person", state: "active", name: "", number: 0, createdAt: at("06:00:00") } as const;
  return { id: uuid("0a") as PersonId, handle: "ann", ...common, ...nothing, ...unmoved, ...given };
}

const ann = person({});
const bo = person({
  id: uuid("0b") as PersonId,
  handle: "bo",
  host: "b.example",
  uri: "https://b.example/u/bo",
  inbox: "https://b.example/u/bo/inbox",
});
const cy = person({ id: uuid("0c") as PersonId, handle: "cy" });

const common = { createdAt: at("07:00:00"), actor: ann, audience: [bo] };
const conversation = { id: uuid("09") as ConversationId, uri: null };
const theirs = { id: uuid("02") as MessageId, uri: "https://b.example/x/77" };

const create: OutgoingMessage & { type: "Create" } = {
  ...common,
  id: activityId("a1"),
  type: "Create",
  conversation,
  message: {
    id: uuid("01") as MessageId,
    form: "Note",
    forwarded: false,
    sentAt: at("07:00:00"),
    deletedAt: null,
    withheldFrom: [],
  },
  version: { text: "hello <you>\nlook: https://c.example/?a&b", at: at("07:00:00") },
  inReplyTo: null,
  quote: null,
};
const update = {
  ...create,
  id: activityId("a2"),
  type: "Update" as const,
  createdAt: at("07:05:01"),
  version: { text: "hello again", at: at("07:05:00") },
  inReplyTo: { id: uuid("02") as MessageId, uri: null },
};
const deleted = {
  ...create,
  id: activityId("a3"),
  type: "Delete" as const,
  createdAt: at("07:06:00"),
  message: { ...create.message, deletedAt: at("07:06:00") },
  version: null,
};
const chat = { ...create.message, form: "ChatMessage" as const };

const reacted = { id: uuid("01") as MessageId, uri: theirs.uri };
const like: OutgoingLike = {
  ...common,
  id: activityId("a1"),
  type: "Like",
  message: reacted,
  emoji: { text: "👍", custom: null },
};
const firefly = { id: uuid("e1") as Id<"custom-emoji">, shortcode: "firefly", url: null };
const pin = { ...common, id: activityId("a3"), message: reacted, conversation };
const block: OutgoingBlock = { ...common, id: activityId("a4"), type: "Block", blocked: bo };

/**
 * Examples of every activity that leaves, by type and by the name of the file in test/fixtures/federation-out that holds
 * what is said. A type without a row does not compile.
 */
export const samples = {
  Create: {
    create,
    "create-reply-in-group": {
      ...create,
      conversation: { ...conversation, uri: "https://b.example/contexts/9" },
      inReplyTo: theirs,
      audience: [bo, cy],
    },
    "create-forwarded": { ...create, message: { ...create.message, forwarded: true } },
    "create-markdown": {
      ...create,
      version: {
        text: "@bo **see**, @CY@a.example and @dan:\n- `a < b`\n\n```js\nlet x = 1;\n```",
        at: at("07:00:00"),
      },
      audience: [bo, cy],
    },
    "create-quoting": { ...create, quote: { text: "where?\nand when?", author: cy } },
    "create-chat": { ...create, message: chat, inReplyTo: theirs },
  },
  Update: { update, "update-chat": { ...update, message: chat } },
  Delete: {
    delete: deleted,
    "delete-chat": { ...deleted, message: { ...deleted.message, form: "ChatMessage" } },
  },
  Like: { like, "like-custom": { ...like, emoji: { text: ":firefly:", custom: firefly } } },
  Add: { add: { ...pin, type: "Add" } },
  Remove: { remove: { ...pin, type: "Remove" } },
  Read: { read: { ...pin, id: activityId("a6"), type: "Read" } },
  Block: { block },
  Undo: {
    "undo-like": { ...common, id: activityId("a2"), type: "Undo", undone: like },
    "undo-block": { ...common, id: activityId("a5"), type: "Undo", undone: block },
  },
} as const satisfies { readonly [Type in ActivityRow["type"]]: Readonly<Record<string, OutgoingOf<Type>>> };

import type { ActivityRow } from "#db/lanes.ts";
import type { Room } from "#domain/groups/room.ts";
import type {
  OutgoingBlock,
  OutgoingLike,
  OutgoingLogEntry,
  OutgoingMessage,
  OutgoingOf,
} from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ActivityId, ConversationId, Id, MessageId, PersonId } from "#lib/ids.ts";

/** Who says it all. */
export const home = { origin: "https://a.example", host: "a.example" };

const uuid = (last: string) => `0192f7a4-0000-7000-8000-0000000000${last}`;
const at = (time: string) => new Date(`2026-11-22T${time}Z`);
const activityId = (last: string) => uuid(last) as ActivityId;

function person(given: Partial<PersonRow>): PersonRow {
  const nothing = {
    uri: null,
    host: null,
    profileUrl: null,
    inbox: null,
    sharedInbox: null,
    fetchedAt: null,
  };
  const unmoved = { formerHandle: null, renamedAt: null, movedTo: null, movedAt: null, signals: null };
  const common = {
    kind: "person",
    state: "active",
    name: "",
    number: 0,
    profileNumber: 0,
    createdAt: at("06:00:00"),
  } as const;
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
/** Told to servers, not to people. */
const ofSelf = { ...common, audience: [] };
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
    chatEpoch: null,
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

const picture = { id: uuid("f1") as Id<"picture">, url: null };
const server = person({ id: uuid("00") as PersonId, handle: "a.example", kind: "application" });
const theirServer = person({
  id: uuid("0f") as PersonId,
  handle: "b.example",
  host: "b.example",
  uri: "https://b.example/actor",
  kind: "application",
});
/** A group that this server keeps, and one that another keeps. */
export const room: Room = {
  ...conversation,
  title: "Trip",
  description: "To the sea",
  picture,
  permissions: { write: "member", invite: "member", pin: "member", edit: "admin", delete: "admin" },
  history: "joined",
  state: "open",
  chatEpoch: 12,
  logSeq: 31,
  expireAfter: null,
  keeper: server,
};
const elsewhere: Room = { ...room, uri: "https://b.example/r/9", keeper: theirServer };
const asked = { ...common, room: elsewhere, epoch: 12, audience: [theirServer] };
const logged = { ...common, actor: server, type: "LogEntry", room, seq: 31, epoch: 12 } as const;
const entry = (change: OutgoingLogEntry["logged"]) => ({ ...logged, id: activityId("b9"), logged: change });

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
    "create-in-room": { ...create, message: { ...create.message, chatEpoch: 12 } },
    "create-notice": {
      ...create,
      message: { ...create.message, chatEpoch: 12 },
      version: { text: "ann added bo.", at: at("07:00:00") },
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
  Invite: {
    invite: {
      ...common,
      id: activityId("b1"),
      actor: server,
      type: "Invite",
      room,
      epoch: null,
      invited: bo,
      inviter: ann,
    },
    "invite-wish": { ...asked, id: activityId("b2"), type: "Invite", invited: cy, inviter: null },
  },
  Accept: {
    accept: { ...asked, id: activityId("b3"), type: "Accept", object: "https://b.example/invites/1" },
  },
  Reject: {
    reject: { ...asked, id: activityId("b3"), type: "Reject", object: "https://b.example/invites/1" },
  },
  Join: {
    join: { ...asked, id: activityId("b4"), type: "Join", object: "https://b.example/r/9", code: "abc" },
  },
  Leave: { leave: { ...asked, id: activityId("b5"), type: "Leave" } },
  AddMember: {
    "add-member": {
      ...asked,
      id: activityId("b6"),
      type: "AddMember",
      wish: { kind: "added", person: bo, role: "admin", by: ann },
    },
  },
  RemoveMember: {
    "remove-member": {
      ...asked,
      id: activityId("b7"),
      type: "RemoveMember",
      wish: { kind: "removed", person: bo, ban: true, by: ann },
    },
  },
  UpdateRoom: {
    "update-room": {
      ...asked,
      id: activityId("b8"),
      type: "UpdateRoom",
      wish: { kind: "updated", facts: { title: "Trips", picture: null, state: "archived" }, by: ann },
    },
  },
  DeleteMessage: {
    "delete-message": {
      ...asked,
      id: activityId("ba"),
      type: "DeleteMessage",
      wish: { kind: "deleted", message: { uri: "https://c.example/m/5" }, by: ann },
    },
  },
  UpdateTimer: {
    "update-timer": {
      ...common,
      ...{ id: activityId("b9"), type: "UpdateTimer", conversation },
      ...{ seconds: 3600, chosenAt: "2026-11-22T07:00:00.000Z" },
    },
  },
  UpdatePerson: { "update-person": { ...ofSelf, id: activityId("c1"), type: "UpdatePerson" } },
  DeletePerson: { "delete-person": { ...ofSelf, id: activityId("c2"), type: "DeletePerson" } },
  Move: { move: { ...ofSelf, id: activityId("c3"), type: "Move", target: bo } },
  LogEntry: {
    "log-ours": entry({ kind: "ours", activity: create, body: null }),
    "log-theirs": entry({ kind: "theirs", uri: "https://b.example/m/5/create", digest: "sha-256=AAAA" }),
    "log-nothing": entry({ kind: "nothing" }),
    "log-added": entry({ kind: "added", person: bo, role: null, by: ann }),
    "log-moved": entry({ kind: "added", person: ann, role: "member", by: bo, instead: bo }),
    "log-role": entry({ kind: "added", person: bo, role: "admin", by: ann }),
    "log-removed": entry({ kind: "removed", person: bo, ban: false, by: bo }),
    "log-updated": entry({ kind: "updated", facts: { title: "Trips", expireAfter: 86_400 }, by: ann }),
    "log-deleted": entry({ kind: "deleted", message: { id: uuid("01") as MessageId }, by: ann }),
  },
} as const satisfies { readonly [Type in ActivityRow["type"]]: Readonly<Record<string, OutgoingOf<Type>>> };

import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import { ofConversation } from "./conversations.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Notice } from "#lib/notice.ts";
import { ofPerson, person } from "./people.ts";
import { at, bytes, counter, id } from "./types.ts";

export const message = pgTable(
  "message",
  {
    id: id<"message">("id").primaryKey(),
    conversationId: ofConversation(),
    authorId: id<"person">("author_id")
      .notNull()
      .references(() => person.id),
    /** The object id of another server; null for our own, made of ORIGIN and `id`. */
    uri: text("uri").unique(),
    position: counter("position").notNull(),
    /** The conversation's number at the last change of this row. */
    revision: counter("revision").notNull(),
    /** 1 when posted; each edit takes the next. */
    version: integer("version").notNull().default(1),
    /** Body: `text` (with `html` from a server that sent HTML), or `opaque` with `mediaType`; none once deleted. */
    text: text("text"),
    html: text("html"),
    opaque: bytes("opaque"),
    mediaType: text("media_type"),
    epoch: counter("epoch"),
    inReplyTo: id<"message">("in_reply_to"),
    /**
     * Everybody whom it was addressed to besides its author; never changes. Null for what somebody here said to a group with
     * nobody of another server: to all its members, who are not written down once more with each message.
     */
    audience: id<"person">("audience").array().$type<PersonId[]>(),
    /** Those of the members who are named in the text. */
    mentions: id<"person">("mentions").array().$type<PersonId[]>().notNull().default([]),
    /** Members who never see it: they block its author, or were not addressed. Never changes, so an unblock brings nothing back. */
    withheldFrom: id<"person">("withheld_from").array().$type<PersonId[]>().notNull().default([]),
    /** The object type under which it travels; some servers want their chats answered in kind. */
    form: text("form").$type<"Note" | "ChatMessage">().notNull().default("Note"),
    forwarded: boolean("forwarded").notNull().default(false),
    /** Set for a line that tells what happened to the group; it is nobody's words, and never unread. */
    notice: jsonb("notice").$type<Notice>(),
    /** Its number in the log of its group's host; null before it is known, and where there is no log. */
    seq: counter("seq"),
    /** The group's epoch in which it was sent. */
    chatEpoch: counter("chat_epoch"),
    /** It was sent in an older epoch than the group had when it came: whoever came since is left out. */
    late: boolean("late").notNull().default(false),
    /** Those of them whom its author did not address, for the others to know. */
    omitted: id<"person">("omitted").array().$type<PersonId[]>().notNull().default([]),
    /** Addresses of people who were addressed and are no members. */
    alsoTo: text("also_to").array().notNull().default([]),
    /** Its origin was gone: the copy is the host's. */
    vouched: boolean("vouched").notNull().default(false),
    /** The group's host was asked long after it came, and did not have it. */
    unlogged: boolean("unlogged").notNull().default(false),
    /** When it disappears. */
    expiresAt: at("expires_at"),
    pinnedAt: at("pinned_at"),
    pinnedBy: id<"person">("pinned_by"),
    /** Members who do not see the pin: a block stood between them and who set it. */
    pinWithheldFrom: id<"person">("pin_withheld_from").array().$type<PersonId[]>().notNull().default([]),
    /** The author's idempotency key. */
    key: text("key"),
    sentAt: at("sent_at").notNull(),
    receivedAt: at("received_at").notNull(),
    editedAt: at("edited_at"),
    deletedAt: at("deleted_at"),
    /** Who deleted it for everybody, when that was not its author. */
    deletedBy: id<"person">("deleted_by"),
    /** `updated` of the newest `Update` taken from another server. */
    updatedAt: at("updated_at"),
  },
  (table) => [
    unique("message_position").on(table.conversationId, table.position),
    index("message_revision").on(table.conversationId, table.revision),
    index("message_reply")
      .on(table.inReplyTo)
      .where(sql`${table.inReplyTo} is not null`),
    index("message_expiry")
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
    index("message_moved")
      .using("gin", sql`(${table.notice} -> 'personIds')`)
      .where(sql`${table.notice} ->> 'type' = 'moved'`),
    index("message_pinned")
      .on(table.conversationId, table.pinnedAt)
      .where(sql`${table.pinnedAt} is not null`),
  ],
);

/** What each version said, so that an edit is never a loss and every delivery is made from the version it announces. */
export const messageVersion = pgTable(
  "message_version",
  {
    messageId: id<"message">("message_id")
      .notNull()
      .references(() => message.id),
    version: integer("version").notNull(),
    text: text("text"),
    html: text("html"),
    /** The conversation's number when it was made: whoever went before keeps the version that stood then. */
    revision: counter("revision").notNull().default(0),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.messageId, table.version] })],
);

/** One emoji of one person under one message. */
export const reaction = pgTable(
  "reaction",
  {
    messageId: id<"message">("message_id")
      .notNull()
      .references(() => message.id),
    personId: ofPerson(),
    /** One Unicode emoji, or `:shortcode:` of a custom one. */
    emoji: text("emoji").notNull(),
    customEmojiId: id<"custom-emoji">("custom_emoji_id").references(() => customEmoji.id),
    /** Members who do not see it: a block stood between them and this person. */
    withheldFrom: id<"person">("withheld_from").array().$type<PersonId[]>().notNull().default([]),
    /** The id of the activity of another server, which an `Undo` names. */
    uri: text("uri").unique(),
    /** Our own activity, which our `Undo` names. */
    activityId: id<"activity">("activity_id"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.messageId, table.personId, table.emoji] }),
    index("reaction_custom_emoji")
      .on(table.customEmojiId)
      .where(sql`${table.customEmojiId} is not null`),
  ],
);

/** Small pictures with a name, of this server (`host` null) or seen from others; fetched when first looked at. */
export const customEmoji = pgTable(
  "custom_emoji",
  {
    id: id<"custom-emoji">("id").primaryKey(),
    host: text("host"),
    shortcode: text("shortcode").notNull(),
    /** Where the picture is to be had; null for our own. */
    url: text("url"),
    image: bytes("image"),
    mediaType: text("media_type"),
    createdAt: at("created_at").notNull(),
    fetchedAt: at("fetched_at"),
  },
  (table) => [unique("custom_emoji_name").on(table.host, table.shortcode).nullsNotDistinct()],
);

/** Messages that somebody keeps for themselves; a row stays when they let go of it, so that their sessions hear of it. */
export const savedMessage = pgTable(
  "saved_message",
  {
    personId: ofPerson(),
    messageId: id<"message">("message_id")
      .notNull()
      .references(() => message.id),
    conversationId: ofConversation(),
    /** Null once let go of. */
    savedAt: at("saved_at"),
    number: counter("number").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.messageId] }),
    index("saved_message_number").on(table.personId, table.number),
    index("saved_message_at").on(table.personId, table.savedAt),
  ],
);

/** "Deleted for me". */
export const hiddenMessage = pgTable(
  "hidden_message",
  {
    personId: ofPerson(),
    messageId: id<"message">("message_id")
      .notNull()
      .references(() => message.id),
    conversationId: ofConversation(),
    number: counter("number").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.messageId] }),
    index("hidden_message_number").on(table.personId, table.number),
  ],
);

/** Which sends were made already; kept 30 days. */
export const idempotencyKey = pgTable(
  "idempotency_key",
  {
    personId: ofPerson(),
    client: text("client").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of what was sent, so that a reuse for something else is noticed. */
    digest: text("digest").notNull(),
    messageId: id<"message">("message_id").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.client, table.key] }),
    index("idempotency_key_age").on(table.createdAt),
  ],
);

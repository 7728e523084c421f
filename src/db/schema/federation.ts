import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { DeliveryReason } from "#lib/delivery-reason.ts";
import type { PersonId } from "#lib/ids.ts";
import { conversation } from "./conversations.ts";
import { message } from "./messages.ts";
import { person } from "./people.ts";
import { at, counter, id } from "./types.ts";

/** Every activity that we send; those of groups that share a type on the wire have names of their own. */
export type ActivityType =
  | "Create"
  | "Update"
  | "Delete"
  | "Like"
  | "Undo"
  | "Add"
  | "Remove"
  | "Block"
  | "Read"
  | "Invite"
  | "Accept"
  | "Reject"
  | "Join"
  | "Leave"
  | "AddMember"
  | "RemoveMember"
  | "UpdateRoom"
  | "UpdateTimer"
  | "DeleteMessage"
  | "LogEntry"
  | "UpdatePerson"
  | "DeletePerson"
  | "Move";

/** What one of our people did, as other servers are told; the body is made once and then never changes. */
export const activity = pgTable(
  "activity",
  {
    id: id<"activity">("id").primaryKey(),
    type: text("type").$type<ActivityType>().notNull(),
    actorId: id<"person">("actor_id")
      .notNull()
      .references(() => person.id),
    /** Null for what concerns a person and no conversation. */
    conversationId: id<"conversation">("conversation_id").references(() => conversation.id),
    messageId: id<"message">("message_id").references(() => message.id),
    /** Of the message; null when the activity says nothing of its text. */
    version: integer("version"),
    /** Everybody whom it is addressed to, here and elsewhere; null for those whom its message is addressed to. */
    audience: id<"person">("audience").array().$type<PersonId[]>(),
    /** Whom it is done to (`Block`), or whom its actor has become (`Move`). */
    otherId: id<"person">("other_id").references(() => person.id),
    /** What an `Undo` takes back. */
    undoes: id<"activity">("undoes"),
    /** The emoji of a `Like`. */
    emoji: text("emoji"),
    /** The parent that every recipient can fetch (explicit or implicit), chosen when it was sent. */
    inReplyTo: id<"message">("in_reply_to"),
    /** What else it says, by its type. */
    detail: jsonb("detail").$type<Readonly<Record<string, unknown>>>(),
    body: text("body"),
    /** The bytes for servers that never had `inReplyTo`: its words are quoted instead. */
    quotedBody: text("quoted_body"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    index("activity_message").on(table.messageId, table.createdAt),
    index("activity_read")
      .on(table.conversationId, table.actorId)
      .where(sql`${table.type} = 'Read'`),
  ],
);

/** First in, first out: one lane per stream and server. */
export const lane = pgTable(
  "lane",
  {
    // The column keeps its first name, so that older processes can work beside newer ones.
    streamId: id<"conversation" | "person">("conversation_id").notNull(),
    host: text("host").notNull(),
    /** Null while nothing waits. */
    nextAttemptAt: at("next_attempt_at"),
    attempts: integer("attempts").notNull().default(0),
    leaseUntil: at("lease_until"),
    /** Made anew by each lease, so that a worker which lost its lease settles nothing. */
    leaseToken: text("lease_token"),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.host] }),
    index("lane_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.nextAttemptAt} is not null`),
    index("lane_held")
      .on(table.host)
      .where(sql`${table.leaseUntil} is not null`),
  ],
);

/** One activity on its way to one person's inbox. */
export const delivery = pgTable(
  "delivery",
  {
    id: counter("id").primaryKey().generatedAlwaysAsIdentity(),
    streamId: id<"conversation" | "person">("conversation_id").notNull(),
    host: text("host").notNull(),
    activityId: id<"activity">("activity_id")
      .notNull()
      .references(() => activity.id),
    /** Set when the delivery is shown on a message (`Create`, `Update`, `Delete`); then the stream is its conversation. */
    messageId: id<"message">("message_id"),
    authorId: id<"person">("author_id").notNull(),
    recipientId: id<"person">("recipient_id")
      .notNull()
      .references(() => person.id),
    state: text("state").$type<"waiting" | "accepted" | "refused" | "gave-up">().notNull().default("waiting"),
    reason: text("reason").$type<DeliveryReason>(),
    /** The author's own number at the last change of state. */
    number: counter("number").notNull().default(0),
    createdAt: at("created_at").notNull(),
    changedAt: at("changed_at").notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.streamId, table.host],
      foreignColumns: [lane.streamId, lane.host],
    }),
    index("delivery_waiting")
      .on(table.streamId, table.host, table.id)
      .where(sql`${table.state} = 'waiting'`),
    index("delivery_message").on(table.messageId),
    index("delivery_activity").on(table.activityId),
    index("delivery_settled")
      .on(table.changedAt)
      .where(sql`${table.state} <> 'waiting'`),
    index("delivery_author_number").on(table.authorId, table.number),
  ],
);

/** Another server as a whole; its circuit gates all its lanes. */
export const peer = pgTable("peer", {
  host: text("host").primaryKey(),
  failures: integer("failures").notNull().default(0),
  failingSince: at("failing_since"),
  /** No lane of this host is tried before. */
  closedUntil: at("closed_until"),
  /** What it runs, by NodeInfo, and when it was asked last. */
  software: text("software"),
  softwareVersion: text("software_version"),
  askedAt: at("asked_at"),
  /** Which signatures it takes, as far as we know. */
  signatures: text("signatures").$type<"cavage" | "rfc9421">(),
  /** When somebody of this server first chose to talk to somebody there: no new server any more. */
  trustedAt: at("trusted_at"),
});

/** What the operator decided about a server and the servers below its name. */
export const serverRule = pgTable("server_rule", {
  host: text("host").primaryKey(),
  level: text("level").$type<"allow" | "silence" | "reject-media" | "suspend">().notNull(),
  note: text("note").notNull().default(""),
  createdAt: at("created_at").notNull(),
});

/** Ids of activities that were taken, for ever: a replay finds itself here. */
export const receivedActivity = pgTable("received_activity", {
  uri: text("uri").primaryKey(),
  digest: text("digest").notNull(),
  receivedAt: at("received_at").notNull(),
});

/** Objects deleted before they ever arrived: their Create must not bring them back. */
export const tombstone = pgTable(
  "tombstone",
  {
    uri: text("uri").notNull(),
    actorUri: text("actor_uri").notNull(),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.uri, table.actorUri] })],
);

import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { conversation } from "./conversations.ts";
import { message } from "./messages.ts";
import { person } from "./people.ts";
import { at, counter, id } from "./types.ts";

/** What one of our people did, as other servers are told; the body is made once and then never changes. */
export const activity = pgTable(
  "activity",
  {
    id: id<"activity">("id").primaryKey(),
    type: text("type").$type<"Create" | "Update" | "Delete">().notNull(),
    actorId: id<"person">("actor_id")
      .notNull()
      .references(() => person.id),
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    messageId: id<"message">("message_id")
      .notNull()
      .references(() => message.id),
    version: integer("version").notNull(),
    /** The parent that every recipient can fetch (explicit or implicit), chosen when it was sent. */
    inReplyTo: id<"message">("in_reply_to"),
    body: text("body"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [index("activity_message").on(table.messageId, table.createdAt)],
);

/** First in, first out: one lane per conversation and server. */
export const lane = pgTable(
  "lane",
  {
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    host: text("host").notNull(),
    /** Null while nothing waits. */
    nextAttemptAt: at("next_attempt_at"),
    attempts: integer("attempts").notNull().default(0),
    leaseUntil: at("lease_until"),
    /** Made anew by each lease, so that a worker which lost its lease settles nothing. */
    leaseToken: text("lease_token"),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.host] }),
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
    conversationId: id<"conversation">("conversation_id").notNull(),
    host: text("host").notNull(),
    activityId: id<"activity">("activity_id")
      .notNull()
      .references(() => activity.id),
    messageId: id<"message">("message_id").notNull(),
    authorId: id<"person">("author_id").notNull(),
    recipientId: id<"person">("recipient_id")
      .notNull()
      .references(() => person.id),
    state: text("state").$type<"waiting" | "accepted" | "refused" | "gave-up">().notNull().default("waiting"),
    reason: text("reason"),
    /** The author's own number at the last change of state. */
    number: counter("number").notNull().default(0),
    createdAt: at("created_at").notNull(),
    changedAt: at("changed_at").notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.conversationId, table.host],
      foreignColumns: [lane.conversationId, lane.host],
    }),
    index("delivery_waiting")
      .on(table.conversationId, table.host, table.id)
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

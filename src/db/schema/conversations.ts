import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { person } from "./people.ts";
import { at, counter, id, xid } from "./types.ts";

export const conversation = pgTable("conversation", {
  id: id<"conversation">("id").primaryKey(),
  kind: text("kind").$type<"direct" | "group">().notNull(),
  title: text("title"),
  /** Exactly one untitled conversation exists per set of people: a digest of their ids. */
  participants: text("participants").unique(),
  /** The address that names it on the wire; null when it is made of our ORIGIN and `id`. */
  uri: text("uri"),
  /** The newest change's number, gapless, local to this server. */
  revision: counter("revision").notNull().default(0),
  /** The newest message's position, gapless. */
  position: counter("position").notNull().default(0),
  /** MLS epoch; null for conversations that are not encrypted. */
  epoch: counter("epoch"),
  /** The transaction of the newest change, for `sync`. */
  changedXid: xid("changed_xid")
    .notNull()
    .default(sql`pg_current_xact_id()`),
  activityAt: at("activity_at").notNull(),
  createdBy: id<"person">("created_by")
    .notNull()
    .references(() => person.id),
  createdAt: at("created_at").notNull(),
});

/** Other names under which messages refer to a conversation; meaningful only for its own members. */
export const conversationAlias = pgTable(
  "conversation_alias",
  {
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    uri: text("uri").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.uri] }),
    index("conversation_alias_uri").on(table.uri),
  ],
);

export const member = pgTable(
  "member",
  {
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    role: text("role").$type<"owner" | "admin" | "member">().notNull(),
    state: text("state").$type<"accepted" | "request" | "declined">().notNull(),
    /** Messages at or below this position came before they joined and stay hidden. */
    historyAfter: counter("history_after").notNull().default(0),
    /** Read up to here; only ever rises. */
    readPosition: counter("read_position").notNull().default(0),
    /** Read up to here as far as the others are shown; stays behind while the person shares no receipts. */
    shownPosition: counter("shown_position").notNull().default(0),
    /** Choices for this conversation alone; null follows the person's preference. */
    receipts: boolean("receipts"),
    typing: boolean("typing"),
    presence: boolean("presence"),
    /** The person's own number at the last change of this row. */
    number: counter("number").notNull().default(0),
    /** Order in which the members are shown. */
    rank: integer("rank").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.personId] }),
    index("member_person").on(table.personId, table.number),
  ],
);

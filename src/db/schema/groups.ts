import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { conversation, ofConversation } from "./conversations.ts";
import { ofPerson, person } from "./people.ts";
import { at, counter, id } from "./types.ts";

/** Somebody is asked into a group; what becomes of it stays, so that it is not asked twice without end. */
export const invitation = pgTable(
  "invitation",
  {
    id: id<"invitation">("id").primaryKey(),
    /** Null for one to a group of another server that is not known here yet. */
    conversationId: id<"conversation">("conversation_id").references(() => conversation.id),
    personId: ofPerson(),
    inviterId: id<"person">("inviter_id")
      .notNull()
      .references(() => person.id),
    /**
     * `asked`: by who came by a link; then `inviterId` made the link, or keeps the group elsewhere, and `activityId` is our
     * `Join`. `refused`: they were not let in, and have not seen so yet.
     */
    state: text("state")
      .$type<"pending" | "asked" | "accepted" | "rejected" | "refused" | "revoked">()
      .notNull(),
    /** The id of the `Invite` of another server, which an `Accept` names; our own activity's is its `activityId`. */
    uri: text("uri").unique(),
    activityId: id<"activity">("activity_id"),
    /** Of a group of another server, as it was said with the invitation. */
    roomUri: text("room_uri"),
    title: text("title"),
    keeperId: id<"person">("keeper_id").references(() => person.id),
    /** The invited person's own number at its last change. */
    number: counter("number").notNull().default(0),
    createdAt: at("created_at").notNull(),
    changedAt: at("changed_at").notNull(),
  },
  (table) => [
    index("invitation_person").on(table.personId, table.number),
    index("invitation_conversation").on(table.conversationId, table.state),
  ],
);

/** An address by which people come into a group by themselves. */
export const inviteLink = pgTable(
  "invite_link",
  {
    id: id<"invite-link">("id").primaryKey(),
    conversationId: ofConversation(),
    code: text("code").notNull().unique(),
    createdBy: id<"person">("created_by")
      .notNull()
      .references(() => person.id),
    /** Null for as many as like. */
    uses: integer("uses"),
    used: integer("used").notNull().default(0),
    expiresAt: at("expires_at"),
    /** Whoever uses it waits until somebody who may invite agrees. */
    approval: boolean("approval").notNull().default(false),
    revokedAt: at("revoked_at"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [index("invite_link_conversation").on(table.conversationId)],
);

/** Somebody asks to come into a group. */
export const joinRequest = pgTable(
  "join_request",
  {
    conversationId: ofConversation(),
    personId: ofPerson(),
    linkId: id<"invite-link">("link_id").references(() => inviteLink.id),
    /** The `Join` of another server, which our answer names. */
    uri: text("uri"),
    state: text("state").$type<"pending" | "approved" | "rejected">().notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.conversationId, table.personId] })],
);

/** What the host of a group has accepted, in its order: the same on the host and on every server that follows it. */
export const logEntry = pgTable(
  "log_entry",
  {
    conversationId: ofConversation(),
    /** `chatSeq`, from 1, gapless at the host. */
    seq: counter("seq").notNull(),
    epoch: counter("epoch").notNull(),
    /** The group's own number when it was logged here; whoever came later is not told of it. */
    revision: counter("revision").notNull().default(0),
    /** The logged activity of its author; null for what the host itself decided. */
    uri: text("uri"),
    /** Set instead of `uri` for a logged activity of our own. */
    activityId: id<"activity">("activity_id"),
    /** `sha-256=` and the digest of the logged activity. */
    digest: text("digest"),
    /** What the host decided about its members or itself, as it says so. */
    decision: jsonb("decision").$type<Readonly<Record<string, unknown>>>(),
    /** `missing`: it is still to be had from its origin. `withheld`: it is not for us. */
    state: text("state").$type<"applied" | "missing" | "withheld">().notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: at("next_attempt_at"),
    messageId: id<"message">("message_id"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.seq] }),
    index("log_entry_uri").on(table.conversationId, table.uri),
    index("log_entry_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.nextAttemptAt} is not null`),
  ],
);

/** What came from its author before its number came from the group's host: it waits for that here. */
export const unnumberedActivity = pgTable(
  "unnumbered_activity",
  {
    conversationId: ofConversation(),
    uri: text("uri").notNull(),
    /** As in the log. */
    digest: text("digest").notNull(),
    messageId: id<"message">("message_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.conversationId, table.uri] })],
);

/** A group that another server keeps, and when that is asked next for what did not come by itself. */
export const replica = pgTable(
  "replica",
  {
    conversationId: id<"conversation">("conversation_id")
      .primaryKey()
      .references(() => conversation.id),
    nextAskAt: at("next_ask_at").notNull(),
    /** Times that it was asked since something came. */
    attempts: integer("attempts").notNull().default(0),
  },
  (table) => [index("replica_due").on(table.nextAskAt)],
);

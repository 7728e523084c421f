import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, pgView, primaryKey, text } from "drizzle-orm/pg-core";
import type { FolderId } from "#lib/ids.ts";
import type { Permissions, Role } from "#lib/permissions.ts";
import { person } from "./people.ts";
import { at, bytes, counter, id, xid } from "./types.ts";

/** The picture of a group, of this server or fetched from another once. */
export const picture = pgTable("picture", {
  id: id<"picture">("id").primaryKey(),
  /** Where it is to be had; null for our own. */
  url: text("url"),
  image: bytes("image"),
  mediaType: text("media_type"),
  createdAt: at("created_at").notNull(),
  fetchedAt: at("fetched_at"),
});

export const conversation = pgTable(
  "conversation",
  {
    id: id<"conversation">("id").primaryKey(),
    kind: text("kind").$type<"direct" | "group">().notNull(),
    title: text("title"),
    description: text("description").notNull().default(""),
    pictureId: id<"picture">("picture_id").references(() => picture.id),
    /** Who may do what in a group; null between people who are all alike. */
    permissions: jsonb("permissions").$type<Permissions>(),
    /** What newcomers see of a group: from when they joined, or all of it. */
    history: text("history").$type<"joined" | "all">().notNull().default("joined"),
    /** `archived`: nobody writes until it is opened again; `closed`: nobody ever writes again. */
    state: text("state").$type<"open" | "archived" | "closed">().notNull().default("open"),
    /** Rises with each change of who is in a group or what they may do; its host counts. */
    chatEpoch: counter("chat_epoch").notNull().default(0),
    /** The actor that speaks for a group: the instance actor of the server that keeps it; null where nobody does. */
    keeperId: id<"person">("keeper_id").references(() => person.id),
    /** A group's newest number in its host's log, as far as it is known here. */
    logSeq: counter("log_seq").notNull().default(0),
    /** Seconds after which what is said from now on disappears; null when it stays. */
    expireAfter: integer("expire_after"),
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
  },
  (table) => [
    // What happened last on the server: where lists are read from, and what changed since.
    index("conversation_activity").on(table.activityAt),
    index("conversation_changed").on(table.changedXid),
  ],
);

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
    role: text("role").$type<Role>().notNull(),
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
    /** What the person chose for their own list. */
    pinnedAt: at("pinned_at"),
    archivedAt: at("archived_at"),
    /** `mentions`: only being named counts; null while nothing is muted. */
    mute: text("mute").$type<"all" | "mentions">(),
    /** Null for a mute that stays. */
    muteUntil: at("mute_until"),
    /** The person wants to come back to it; ends when they read. */
    markedUnread: boolean("marked_unread").notNull().default(false),
    folderIds: id<"folder">("folder_ids").array().$type<FolderId[]>().notNull().default([]),
    /** The person's own number at the last change of this row. */
    number: counter("number").notNull().default(0),
    /** The conversation's number and the moment at which they came in. */
    joinedRevision: counter("joined_revision").notNull().default(0),
    joinedAt: at("joined_at"),
    /** Order in which the members are shown. */
    rank: integer("rank").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.personId] }),
    index("member_person").on(table.personId, table.number),
    index("member_joined")
      .on(table.personId, table.joinedAt)
      .where(sql`${table.joinedAt} is not null`),
    index("member_pinned")
      .on(table.personId)
      .where(sql`${table.pinnedAt} is not null`),
  ],
);

/** Whoever was in a group: they keep what they saw until then, and nothing after. */
export const formerMember = pgTable(
  "former_member",
  {
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    role: text("role").$type<Role>().notNull(),
    /** How they went; who is banned does not come back by an invitation or a link. */
    state: text("state").$type<"left" | "removed" | "banned">().notNull(),
    historyAfter: counter("history_after").notNull(),
    /** Messages above this position came after they went. */
    historyUntil: counter("history_until").notNull(),
    readPosition: counter("read_position").notNull(),
    /** What the group was called, and its number, when they went. */
    title: text("title"),
    leftRevision: counter("left_revision").notNull(),
    joinedRevision: counter("joined_revision").notNull(),
    leftAt: at("left_at").notNull(),
    /** They took it out of their list. */
    forgottenAt: at("forgotten_at"),
    archivedAt: at("archived_at"),
    folderIds: id<"folder">("folder_ids").array().$type<FolderId[]>().notNull().default([]),
    number: counter("number").notNull().default(0),
    rank: integer("rank").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.personId] }),
    index("former_member_person").on(table.personId, table.number),
  ],
);

/** Whoever may read a conversation: its members, and those who were, up to when they went. Only members write. */
export const reader = pgView("reader", {
  conversationId: id<"conversation">("conversation_id").notNull(),
  personId: id<"person">("person_id").notNull(),
  role: text("role").$type<Role>().notNull(),
  state: text("state").$type<"accepted" | "request" | "declined" | "left" | "removed" | "banned">().notNull(),
  historyAfter: counter("history_after").notNull(),
  /** Null for members. */
  historyUntil: counter("history_until"),
  readPosition: counter("read_position").notNull(),
  shownPosition: counter("shown_position").notNull(),
  receipts: boolean("receipts"),
  typing: boolean("typing"),
  presence: boolean("presence"),
  pinnedAt: at("pinned_at"),
  archivedAt: at("archived_at"),
  mute: text("mute").$type<"all" | "mentions">(),
  muteUntil: at("mute_until"),
  markedUnread: boolean("marked_unread").notNull(),
  folderIds: id<"folder">("folder_ids").array().$type<FolderId[]>().notNull(),
  number: counter("number").notNull(),
  joinedRevision: counter("joined_revision").notNull(),
  /** What the group was called, its number and the moment, when they went. */
  leftTitle: text("left_title"),
  leftRevision: counter("left_revision"),
  leftAt: at("left_at"),
}).as(sql`
  select conversation_id, person_id, role, state, history_after, null::bigint as history_until, read_position,
    shown_position, receipts, typing, presence, pinned_at, archived_at, mute, mute_until, marked_unread, folder_ids,
    number, joined_revision, null::text as left_title, null::bigint as left_revision,
    null::timestamptz(3) as left_at
  from member
  union all
  select conversation_id, person_id, role, state, history_after, history_until, read_position,
    0::bigint, null::boolean, null::boolean, null::boolean, null::timestamptz(3), archived_at, null::text,
    null::timestamptz(3), false, folder_ids, number, joined_revision, title, left_revision, left_at
  from former_member where forgotten_at is null`);

/** Somebody is asked into a group; what becomes of it stays, so that it is not asked twice without end. */
export const invitation = pgTable(
  "invitation",
  {
    id: id<"invitation">("id").primaryKey(),
    /** Null for one to a group of another server that is not known here yet. */
    conversationId: id<"conversation">("conversation_id").references(() => conversation.id),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    inviterId: id<"person">("inviter_id")
      .notNull()
      .references(() => person.id),
    /** `asked`: by who came by a link that needs consent; then `inviterId` made the link. */
    state: text("state").$type<"pending" | "asked" | "accepted" | "rejected" | "revoked">().notNull(),
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
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
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
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
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
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
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
    /** `missing`: it is still to be had from its origin. `vouched`: only the host had it. `withheld`: it is not for us. */
    state: text("state").$type<"applied" | "missing" | "vouched" | "withheld">().notNull(),
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
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
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

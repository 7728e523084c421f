import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, pgView, primaryKey, text } from "drizzle-orm/pg-core";
import type { FolderId } from "#lib/ids.ts";
import type { Permissions, Role } from "#lib/permissions.ts";
import { ofPerson, person } from "./people.ts";
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
    /** Between two of whom one is elsewhere: when that was chosen, as they said; what was chosen before it counts no more. */
    expireChosenAt: at("expire_chosen_at"),
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

/** The conversation that a row belongs to. */
export function ofConversation() {
  return id<"conversation">("conversation_id")
    .notNull()
    .references(() => conversation.id);
}

/** Other names under which messages refer to a conversation; meaningful only for its own members. */
export const conversationAlias = pgTable(
  "conversation_alias",
  {
    conversationId: ofConversation(),
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
    conversationId: ofConversation(),
    personId: ofPerson(),
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
    conversationId: ofConversation(),
    personId: ofPerson(),
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

import { sql } from "drizzle-orm";
import { boolean, index, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { at, bytes, counter, id } from "./types.ts";

/** Every actor that this server knows, its own and others'. */
export const person = pgTable(
  "person",
  {
    id: id<"person">("id").primaryKey(),
    kind: text("kind").$type<"person" | "service" | "application">().notNull().default("person"),
    handle: text("handle").notNull(),
    /** Null for our own. */
    host: text("host"),
    /** The actor id; null for our own, whose address is made of ORIGIN and `id`. */
    uri: text("uri").unique(),
    name: text("name").notNull().default(""),
    profileUrl: text("profile_url"),
    inbox: text("inbox"),
    /** Where their server takes what concerns everybody there. */
    sharedInbox: text("shared_inbox"),
    state: text("state").$type<"active" | "suspended" | "deleted">().notNull().default("active"),
    /** The handle before the last rename, and when that was. */
    formerHandle: text("former_handle"),
    renamedAt: at("renamed_at"),
    /** The person's own number at the last change of what others see of them. */
    profileNumber: counter("profile_number").notNull().default(0),
    /** The person they said they have become, once that one agreed (`Move`). */
    movedTo: id<"person">("moved_to"),
    movedAt: at("moved_at"),
    /** Where a server of our own kind takes what is not stored (typing, presence); null for every other. */
    signals: text("signals"),
    /** The person's own number: read marks, settings and delivery states take the next one. */
    number: counter("number").notNull().default(0),
    createdAt: at("created_at").notNull(),
    fetchedAt: at("fetched_at"),
  },
  (table) => [
    uniqueIndex("person_local_handle")
      .on(sql`lower(${table.handle})`)
      .where(sql`${table.host} is null`),
    index("person_moved")
      .on(table.movedTo)
      .where(sql`${table.movedTo} is not null`),
    index("person_host").on(table.host),
    index("person_remote_handle").on(sql`lower(${table.handle})`, table.host),
  ],
);

/** The person whose row it is. */
export function ofPerson() {
  return id<"person">("person_id")
    .notNull()
    .references(() => person.id);
}

/** What a person of this server chose; without a row, everything is as it is by default. */
export const preference = pgTable("preference", {
  personId: id<"person">("person_id")
    .primaryKey()
    .references(() => person.id),
  /** Whether read marks, typing and presence are shown to others, and theirs to this person. */
  receipts: boolean("receipts").notNull().default(true),
  typing: boolean("typing").notNull().default(true),
  presence: boolean("presence").notNull().default(true),
  /** Seen as offline by everybody, while seeing them. */
  invisible: boolean("invisible").notNull().default(false),
  statusText: text("status_text"),
  /** Null for a status that stays. */
  statusUntil: at("status_until"),
  /** The person's own number at the last change of this row. */
  number: counter("number").notNull(),
});

/** Who somebody of this server is elsewhere, or was: those accounts may move here (`alsoKnownAs`). */
export const personAlias = pgTable(
  "person_alias",
  {
    personId: ofPerson(),
    otherId: id<"person">("other_id")
      .notNull()
      .references(() => person.id),
    createdAt: at("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.otherId] })],
);

/** How one person stands to another: kept for our own people, and for others as far as they told us (`Block`). */
export const relation = pgTable(
  "relation",
  {
    personId: ofPerson(),
    otherId: id<"person">("other_id")
      .notNull()
      .references(() => person.id),
    /** `silent`: the other is never told, and cannot notice. */
    block: text("block").$type<"open" | "silent">(),
    /** The id of the `Block`: another server's, or our activity's, which an `Undo` names. */
    blockUri: text("block_uri"),
    mutedAt: at("muted_at"),
    /** Null for a mute that stays. */
    mutedUntil: at("muted_until"),
    /** `personId`'s own number at the last change of this row. */
    number: counter("number").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.otherId] }),
    index("relation_number").on(table.personId, table.number),
    index("relation_other").on(table.otherId),
  ],
);

/** The keys with which our own actors sign; private halves are sealed with SECRET_KEY. */
export const signingKey = pgTable(
  "signing_key",
  {
    personId: ofPerson(),
    algorithm: text("algorithm").$type<"rsa" | "ed25519">().notNull(),
    /** SubjectPublicKeyInfo (RFC 5280) in PEM. */
    publicKey: text("public_key").notNull(),
    /** PKCS #8 (RFC 5958), sealed. */
    privateKey: bytes("private_key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.algorithm] })],
);

/** Keys of other servers' actors, kept so that a restart asks nobody again. */
export const remoteKey = pgTable(
  "remote_key",
  {
    keyId: text("key_id").primaryKey(),
    ownerUri: text("owner_uri").notNull(),
    algorithm: text("algorithm").$type<"rsa-v1_5-sha256" | "ed25519">().notNull(),
    publicKey: text("public_key").notNull(),
    fetchedAt: at("fetched_at").notNull(),
  },
  (table) => [index("remote_key_owner").on(table.ownerUri)],
);

/** A person's encryption-capable device; apart from sessions, which come and go. */
export const device = pgTable("device", {
  id: id<"device">("id").primaryKey(),
  personId: id<"person">("person_id")
    .notNull()
    .references(() => person.id),
  name: text("name").notNull(),
  createdAt: at("created_at").notNull(),
});

/** Numbered log per person of opaque deliveries that belong to no conversation yet. */
export const opaqueDelivery = pgTable(
  "opaque_delivery",
  {
    personId: ofPerson(),
    number: counter("number").notNull(),
    deviceId: id<"device">("device_id").references(() => device.id),
    mediaType: text("media_type").notNull(),
    body: bytes("body").notNull(),
    receivedAt: at("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.number] })],
);

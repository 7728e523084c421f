import { sql } from "drizzle-orm";
import { index, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
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
    state: text("state").$type<"active" | "suspended" | "deleted">().notNull().default("active"),
    /** The person's own number: read marks, settings and delivery states take the next one. */
    number: counter("number").notNull().default(0),
    createdAt: at("created_at").notNull(),
    fetchedAt: at("fetched_at"),
  },
  (table) => [
    uniqueIndex("person_local_handle")
      .on(sql`lower(${table.handle})`)
      .where(sql`${table.host} is null`),
    index("person_remote_handle").on(sql`lower(${table.handle})`, table.host),
  ],
);

/** A person of this server who can sign in. */
export const account = pgTable("account", {
  personId: id<"person">("person_id")
    .primaryKey()
    .references(() => person.id),
  passwordHash: text("password_hash").notNull(),
  role: text("role").$type<"admin" | "member">().notNull(),
  createdAt: at("created_at").notNull(),
});

/** The keys with which our own actors sign; private halves are sealed with SECRET_KEY. */
export const signingKey = pgTable(
  "signing_key",
  {
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    algorithm: text("algorithm").$type<"rsa" | "ed25519">().notNull(),
    /** SubjectPublicKeyInfo (RFC 5280) in PEM. */
    publicKey: text("public_key").notNull(),
    /** PKCS #8 (RFC 5958), sealed. */
    privateKey: bytes("private_key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.algorithm] })],
);

/** Keys of other servers' actors, kept so that a restart asks nobody again. */
export const remoteKey = pgTable("remote_key", {
  keyId: text("key_id").primaryKey(),
  ownerUri: text("owner_uri").notNull(),
  algorithm: text("algorithm").$type<"rsa-v1_5-sha256" | "ed25519">().notNull(),
  publicKey: text("public_key").notNull(),
  fetchedAt: at("fetched_at").notNull(),
});

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
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    number: counter("number").notNull(),
    deviceId: id<"device">("device_id").references(() => device.id),
    mediaType: text("media_type").notNull(),
    body: bytes("body").notNull(),
    receivedAt: at("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.number] })],
);

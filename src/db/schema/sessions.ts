import { index, pgTable, text } from "drizzle-orm/pg-core";
import { issuer } from "./issuers.ts";
import { person } from "./people.ts";
import { at, bytes, id } from "./types.ts";

/** A program that asks people for access (OAuth 2.0 client, RFC 6749 section 2). */
export const app = pgTable(
  "app",
  {
    id: id<"app">("id").primaryKey(),
    clientId: text("client_id").notNull().unique(),
    /** SHA-256; null for one that cannot keep a secret. */
    secretHash: bytes("secret_hash"),
    name: text("name").notNull(),
    website: text("website"),
    redirectUris: text("redirect_uris").array().notNull(),
    /** The most that it may ask for. */
    scopes: text("scopes").array().notNull(),
    createdAt: at("created_at").notNull(),
    /** When it last got a token; one that never does is forgotten after a day. */
    usedAt: at("used_at"),
  },
  (table) => [index("app_used").on(table.usedAt, table.createdAt)],
);

/** One sign-in of one person: a browser, an app or the command line. */
export const session = pgTable(
  "session",
  {
    id: id<"session">("id").primaryKey(),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    /** Scopes idempotency keys: `web`, or the name of an app. */
    client: text("client").notNull(),
    /** What its owner calls it; empty until they do. */
    name: text("name").notNull(),
    /** What the program said of itself when it began. */
    userAgent: text("user_agent"),
    /** The program that it was given to by consent; null for our own. */
    appId: id<"app">("app_id").references(() => app.id),
    /** What it may do; null for everything. */
    scopes: text("scopes").array(),
    /** By whose word it began, in a browser or by a token. */
    issuerId: id<"issuer">("issuer_id").references(() => issuer.id),
    /** Of tokens that others issue: which issuer, subject and session of theirs it stands for. Once ended, it stays for as long as the issuer. */
    externalKey: text("external_key").unique(),
    createdAt: at("created_at").notNull(),
    /** To the minute. */
    seenAt: at("seen_at"),
    /** The client's address at that time; cut to its network after a week. */
    address: text("address"),
    revokedAt: at("revoked_at"),
  },
  (table) => [
    index("session_person").on(table.personId),
    index("session_app").on(table.appId),
    index("session_issuer").on(table.issuerId),
  ],
);

/** Bearer and refresh tokens, stored as SHA-256 hashes. */
export const token = pgTable(
  "token",
  {
    hash: bytes("hash").primaryKey(),
    sessionId: id<"session">("session_id")
      .notNull()
      .references(() => session.id),
    kind: text("kind").$type<"access" | "refresh">().notNull(),
    /** Null for tokens made on the command line, which last until revoked. */
    expiresAt: at("expires_at"),
    /** When a refresh token was exchanged; a later use of it is a theft. */
    usedAt: at("used_at"),
    /** The pair that it was exchanged for, sealed, so that a retry within seconds gets the same. */
    successor: bytes("successor"),
  },
  (table) => [index("token_session").on(table.sessionId), index("token_expiry").on(table.expiresAt)],
);

import { index, pgTable, text } from "drizzle-orm/pg-core";
import { ofPerson } from "./people.ts";
import { session } from "./sessions.ts";
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

/** A consent that waits to be exchanged for a token (RFC 6749 section 4.1). */
export const authorizationCode = pgTable(
  "authorization_code",
  {
    /** SHA-256. */
    hash: bytes("hash").primaryKey(),
    appId: id<"app">("app_id")
      .notNull()
      .references(() => app.id),
    personId: ofPerson(),
    redirectUri: text("redirect_uri").notNull(),
    scopes: text("scopes").array().notNull(),
    /** S256 (RFC 7636); null where the app has a secret instead. */
    challenge: text("challenge"),
    expiresAt: at("expires_at").notNull(),
    /** The session that it was exchanged for; a second exchange ends that. */
    sessionId: id<"session">("session_id").references(() => session.id),
  },
  (table) => [index("authorization_code_expiry").on(table.expiresAt)],
);

import { index, pgTable, text } from "drizzle-orm/pg-core";
import { person } from "./people.ts";
import { at, bytes, id } from "./types.ts";

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
    name: text("name").notNull(),
    createdAt: at("created_at").notNull(),
    revokedAt: at("revoked_at"),
  },
  (table) => [index("session_person").on(table.personId)],
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

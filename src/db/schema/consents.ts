import { index, pgTable, text } from "drizzle-orm/pg-core";
import { ofPerson } from "./people.ts";
import { app, session } from "./sessions.ts";
import { at, bytes, id } from "./types.ts";

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

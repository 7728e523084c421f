import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import type { Language } from "#lib/language.ts";
import type { ServerRole } from "#lib/server-role.ts";
import { ofPerson, person } from "./people.ts";
import { at, bytes, id } from "./types.ts";

/** A person of this server who can sign in. */
export const account = pgTable(
  "account",
  {
    personId: id<"person">("person_id")
      .primaryKey()
      .references(() => person.id),
    /** Null for who signs in elsewhere only, or with a passkey. */
    passwordHash: text("password_hash"),
    role: text("role").$type<ServerRole>().notNull(),
    /** Only to reach its owner; it never says who somebody is. */
    email: text("email"),
    emailConfirmedAt: at("email_confirmed_at"),
    /** Set once its owner asked for its end: until then they may change their mind. */
    endsAt: at("ends_at"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("account_email")
      .on(sql`lower(${table.email})`)
      .where(sql`${table.emailConfirmedAt} is not null`),
    index("account_ends")
      .on(table.endsAt)
      .where(sql`${table.endsAt} is not null`),
  ],
);

/** Somebody asks for an account where that needs consent; nobody is made of it before. */
export const signUpRequest = pgTable(
  "sign_up_request",
  {
    id: id<"sign-up-request">("id").primaryKey(),
    /** In its one spelling. */
    handle: text("handle").notNull(),
    passwordHash: text("password_hash").notNull(),
    email: text("email"),
    reason: text("reason").notNull(),
    /** In which they are told what was decided. */
    language: text("language").$type<Language>().notNull().default("en"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [uniqueIndex("sign_up_request_handle").on(table.handle)],
);

/** With it somebody may make an account. */
export const signUpCode = pgTable("sign_up_code", {
  id: id<"sign-up-code">("id").primaryKey(),
  code: text("code").notNull().unique(),
  /** Null for as many as like. */
  uses: integer("uses"),
  used: integer("used").notNull().default(0),
  expiresAt: at("expires_at"),
  revokedAt: at("revoked_at"),
  note: text("note").notNull().default(""),
  createdBy: ofCreator(),
  createdAt: at("created_at").notNull(),
});

/** A handle that is given to nobody: its owner has another one now, or is gone. */
export const heldHandle = pgTable(
  "held_handle",
  {
    /** In its one spelling. */
    handle: text("handle").primaryKey(),
    personId: ofPerson(),
    /** Until then it leads to its owner; null for that of somebody who is gone, which is held for ever. */
    until: at("until"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [index("held_handle_person").on(table.personId)],
);

/** The shared secret of somebody's authenticator (RFC 6238). */
export const totp = pgTable("totp", {
  personId: id<"person">("person_id")
    .primaryKey()
    .references(() => person.id),
  /** Sealed with SECRET_KEY. */
  secret: bytes("secret").notNull(),
  /** Null until a first code has shown that the authenticator has it; it counts for nothing before. */
  confirmedAt: at("confirmed_at"),
  /** The time step of the code that was used last; it and those before it are used up. */
  lastStep: integer("last_step").notNull().default(0),
});

/** A code that stands in for an authenticator once; kept as a hash. */
export const recoveryCode = pgTable(
  "recovery_code",
  { personId: ofPerson(), hash: bytes("hash").notNull(), usedAt: at("used_at") },
  (table) => [primaryKey({ columns: [table.personId, table.hash] })],
);

/** A public key that stands for somebody (Web Authentication). */
export const passkey = pgTable(
  "passkey",
  {
    /** The credential id, as base64url. */
    id: text("id").primaryKey(),
    personId: ofPerson(),
    publicKey: bytes("public_key").notNull(),
    signCount: integer("sign_count").notNull(),
    transports: text("transports").array().notNull().default([]),
    backedUp: boolean("backed_up").notNull(),
    name: text("name").notNull(),
    createdAt: at("created_at").notNull(),
    usedAt: at("used_at"),
  },
  (table) => [index("passkey_person").on(table.personId)],
);

/** What somebody has begun and may finish once with a secret that only they have; kept as a hash. */
export const ticket = pgTable(
  "ticket",
  {
    hash: bytes("hash").primaryKey(),
    purpose: text("purpose")
      .$type<
        | "second-factor"
        | "confirmation"
        | "passkey-confirm"
        | "passkey-sign-in"
        | "passkey-add"
        | "provider"
        | "password-reset"
        | "email"
        | "consent"
        | "app"
      >()
      .notNull(),
    /** Whom it is for, when that is known. */
    personId: id<"person">("person_id").references(() => person.id),
    /** What else has to be known to finish it, sealed with SECRET_KEY. */
    data: bytes("data"),
    /** Wrong answers so far. */
    attempts: integer("attempts").notNull().default(0),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [index("ticket_person").on(table.personId), index("ticket_expiry").on(table.expiresAt)],
);

/** Who made something; null for the command line. */
function ofCreator() {
  return id<"person">("created_by").references(() => person.id);
}

import { boolean, index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { ofPerson } from "./people.ts";
import { at, bytes, id } from "./types.ts";

/** Names of the claims that say who somebody is; an absent one is the usual. */
export interface ClaimNames {
  readonly subject?: string;
  readonly handle?: string;
  readonly name?: string;
  readonly session?: string;
}

/** Somebody else whose word about who people are is taken. */
export const issuer = pgTable("issuer", {
  id: id<"issuer">("id").primaryKey(),
  /** As it stands in addresses and in its button. */
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  /** `iss`: of an OpenID Connect provider, the address under which it is discovered. */
  uri: text("uri").notNull().unique(),
  /** Whether people sign in there by their browser (OpenID Connect). */
  signsIn: boolean("signs_in").notNull(),
  clientId: text("client_id"),
  /** Sealed with SECRET_KEY. */
  clientSecret: bytes("client_secret"),
  /** Whether its tokens are taken as bearers. */
  acceptsTokens: boolean("accepts_tokens").notNull(),
  /** `aud`, which its tokens must name. */
  audience: text("audience"),
  /** Null where its keys are discovered, or shared. */
  jwksUri: text("jwks_uri"),
  /** For HS256 and its like alone; sealed with SECRET_KEY. */
  sharedKey: bytes("shared_key"),
  algorithms: text("algorithms").array().notNull(),
  claims: jsonb("claims").$type<ClaimNames>().notNull().default({}),
  /** Whether somebody whom it names for the first time gets an account. */
  makesAccounts: boolean("makes_accounts").notNull(),
  disabledAt: at("disabled_at"),
  createdAt: at("created_at").notNull(),
});

/** Under which name an issuer knows a person of this server. */
export const identity = pgTable(
  "identity",
  {
    issuerId: id<"issuer">("issuer_id")
      .notNull()
      .references(() => issuer.id),
    subject: text("subject").notNull(),
    personId: ofPerson(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuerId, table.subject] }),
    index("identity_person").on(table.personId),
  ],
);

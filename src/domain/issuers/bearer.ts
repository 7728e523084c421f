import { hash } from "node:crypto";
import { findExternal, prolongExternal, releaseExternalKey } from "#db/issuers.ts";
import { holdAccount } from "#db/factors.ts";
import { lockUri } from "#db/inbound.ts";
import { newId, type SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { type Device, endSurplus, openSession } from "../open-session.ts";
import type { Bearer } from "../tokens.ts";
import { transact } from "../transact.ts";
import { makeAccountAlike } from "./identity.ts";
import { readToken, type SaidByToken } from "./token.ts";

/** Scopes idempotency keys of whoever comes with the token of an issuer. */
const client = "issuer";

/** Where the session of a token is found, and under which hash it is noted until when it may be used. */
interface Named {
  said: SaidByToken;
  key: string;
  tokenHash: Uint8Array;
}

type Found = NonNullable<Awaited<ReturnType<typeof findExternal>>>;

/**
 * Who speaks by the token of an issuer; whoever is new gets an account, where the issuer makes some. Refuses `unauthorized`,
 * `no_account`, `account_ending`, `factor_demanded` (a token cannot take the second step that this account asks for), `provider_unreachable`.
 */
export async function authenticateToken(ctx: Context, text: string, device: Device): Promise<Bearer> {
  const named = nameSession(await readToken(ctx, text));
  const { said } = named;
  const found = (await find(ctx, named)) ?? (await comeIn(ctx, named, device));
  const { person, session, until, endsAt, hasFactor } = found;
  if (person.state !== "active") throw new Refusal("unauthorized");
  if (endsAt !== null) throw new Refusal("account_ending");
  if (hasFactor) throw new Refusal("factor_demanded");
  // What refuses is kept for as long as there may be something to refuse.
  if (session !== null && (until === null || until < said.expiresAt))
    await prolongExternal(ctx.db, {
      hash: named.tokenHash,
      sessionId: session.id,
      expiresAt: said.expiresAt,
    });
  const id = session === null || session.revokedAt !== null ? await begin(ctx, named, device) : session.id;
  return {
    personId: person.id,
    sessionId: id,
    client,
    expiresAt: said.expiresAt,
    scopes: null,
    via: "issuer",
  };
}

/** A session is what the issuer calls one, or else all that it says of somebody. */
function nameSession(said: SaidByToken): Named {
  const { issuer, subject, session } = said;
  const digest = hash("sha256", JSON.stringify([subject, session]), "base64url");
  const key = `${issuer.id}:${digest}`;
  // No token that anybody can send has this hash: it would have to hold a space.
  return { said, key, tokenHash: new Uint8Array(hash("sha256", `external ${key}`, "buffer")) };
}

async function find(ctx: Context, { said, key, tokenHash }: Named): Promise<Found | null> {
  return await findExternal(ctx.db, { issuerId: said.issuer.id, subject: said.subject, key, tokenHash });
}

async function comeIn(ctx: Context, named: Named, { address }: Device): Promise<Found> {
  await makeAccountAlike(ctx, { said: named.said, by: "issuer", address });
  const found = await find(ctx, named);
  if (found === null) throw new Refusal("unauthorized");
  return found;
}

/** Begins the session of a token, once for all who bring it at the same time. Refuses `unauthorized` where it was ended. */
async function begin(ctx: Context, { said, key, tokenHash }: Named, device: Device): Promise<SessionId> {
  return await transact(ctx, async (tx) => {
    await lockUri(tx, `session ${key}`);
    const { issuer, subject } = said;
    const found = await findExternal(tx, { issuerId: issuer.id, subject, key, tokenHash });
    if (found === null || (await holdAccount(tx, found.person.id)) === null)
      throw new Refusal("unauthorized");
    const { session, person, hasFactor } = found;
    if (hasFactor) throw new Refusal("factor_demanded");
    if (session !== null && session.revokedAt === null) return session.id;
    if (session !== null) {
      checkLater(said, session.revokedAt);
      await releaseExternalKey(tx, session.id);
    }
    const id = newId<"session">();
    const { name } = issuer;
    await openSession(ctx, tx, {
      id,
      personId: person.id,
      client,
      name,
      issuerId: issuer.id,
      externalKey: key,
      by: "issuer",
      device,
    });
    await prolongExternal(tx, { hash: tokenHash, sessionId: id, expiresAt: said.expiresAt });
    await endSurplus(ctx, tx, { personId: person.id, client });
    return id;
  });
}

/**
 * A session that somebody ended is over for good where the issuer says which one it is; where it does not, only for the tokens
 * that it had made by then.
 */
function checkLater({ session, issuedAt }: SaidByToken, endedAt: Date | null): void {
  const isLater = endedAt !== null && issuedAt !== null && issuedAt > endedAt;
  if (session !== null || !isLater) throw new Refusal("unauthorized");
}

import { hash, randomBytes } from "node:crypto";
import { deleteCodesOf } from "#db/apps.ts";
import type { Queryable, Transaction } from "#db/connect.ts";
import { findActiveLocalByHandle } from "#db/people.ts";
import {
  findToken,
  insertTokens,
  lockToken,
  markTokenUsed,
  revokeSessionRows,
  type SessionRow,
} from "#db/sessions.ts";
import { deleteTicketsOf } from "#db/tickets.ts";
import { newId, type PersonId, type SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { authenticateToken } from "./issuers/bearer.ts";
import { forgetBearers, recall } from "./known-bearers.ts";
import { type Device, endSurplus, type NewSession, openSession } from "./open-session.ts";
import { record, transact } from "./transact.ts";

/** Seconds that an access token of our own web client lasts. */
export const ACCESS_SECONDS = 15 * 60;
/** Seconds that a refresh token lasts when it is not used. */
export const REFRESH_SECONDS = 30 * 24 * 3600;
/** Seconds within which a second use of a refresh token is taken for a lost answer, not for a theft. */
const REUSE_SECONDS = 30;

/** Who speaks: what a valid bearer token stands for. */
export interface Bearer {
  personId: PersonId;
  sessionId: SessionId;
  /** Scopes idempotency keys. */
  client: string;
  /** Null for a token that lasts until it is revoked. */
  expiresAt: Date | null;
  /** What it may do; null for everything. */
  scopes: readonly string[] | null;
  /** Signed in here, an app that was let in, or known by the token of somebody else who is trusted. */
  via: "session" | "app" | "issuer";
}

export interface TokenPair {
  access: string;
  refresh: string;
}

/** Opens a session of our own web client, for `beginSession` alone: it asks nobody who they are. */
export async function openWebSession(
  ctx: Context,
  tx: Transaction,
  input: Pick<NewSession, "personId" | "by" | "device" | "issuerId">,
): Promise<TokenPair> {
  const id = newId<"session">();
  const client = "web";
  await openSession(ctx, tx, { id, client, name: "", ...input });
  await endSurplus(ctx, tx, { personId: input.personId, client });
  return await issuePair(ctx, tx, id);
}

/**
 * Exchanges a refresh token for a new pair. A second use within 30 s gets the same pair again (the answer was lost);
 * a later one ends the session, for then two parties hold the token. Refuses `session_ended` where somebody ended it, and
 * `unauthorized` a token that is unknown or was not used for too long.
 */
export async function refreshSession(
  ctx: Context,
  refresh: string,
): Promise<TokenPair & { personId: PersonId }> {
  const hash = hashToken(refresh);
  const found = await findToken(ctx.db, hash);
  if (found === null || found.token.kind !== "refresh") throw new Refusal("unauthorized");
  if (wasEnded(found)) throw new Refusal("session_ended");
  if (!isInTime(ctx, found)) throw new Refusal("unauthorized");
  const { personId, id: sessionId } = found.session;
  const pair = await transact(ctx, async (tx) => {
    const token = await lockToken(tx, hash);
    if (token === null) return null;
    if (token.usedAt === null || token.successor === null) {
      const fresh = await issuePair(ctx, tx, sessionId);
      const successor = ctx.secrets.seal(Buffer.from(JSON.stringify(fresh)));
      await markTokenUsed(tx, hash, { usedAt: ctx.now(), successor });
      return fresh;
    }
    if (ctx.now().getTime() - token.usedAt.getTime() <= REUSE_SECONDS * 1000) {
      return JSON.parse(Buffer.from(ctx.secrets.open(token.successor)).toString()) as TokenPair;
    }
    await endSession(ctx, tx, { id: sessionId, personId, by: null });
    return null;
  });
  if (pair === null) {
    forgetBearers(ctx);
    throw new Refusal("session_ended");
  }
  return { ...pair, personId };
}

const nowhere: Device = { userAgent: null, address: null };

/**
 * Finds out who speaks, by a bearer token of ours or of an issuer; refuses `unauthorized` when it is unknown, expired or
 * revoked, and what `authenticateToken` refuses. `device` is from what it came.
 */
export async function authenticate(ctx: Context, bearer: string, device = nowhere): Promise<Bearer> {
  if (bearer.includes(".")) return await authenticateToken(ctx, bearer, device);
  const found = await findToken(ctx.db, hashToken(bearer));
  if (found === null || found.token.kind !== "access" || !isAlive(ctx, found))
    throw new Refusal("unauthorized");
  const { personId, id: sessionId, client, scopes, appId } = found.session;
  const via = appId === null ? "session" : "app";
  return { personId, sessionId, client, expiresAt: found.token.expiresAt, scopes, via };
}

/**
 * The same without asking each time, for what lasts no longer than a request: the end of a session holds at once, here and
 * where its event is heard, and everything else within a second.
 */
export async function recognise(ctx: Context, bearer: string, device = nowhere): Promise<Bearer> {
  return await recall(ctx, hash("sha256", bearer, "base64"), () => authenticate(ctx, bearer, device));
}

/** Makes a bearer token for a script or a bot, which lasts until it is revoked. */
export async function createToken(
  ctx: Context,
  input: { handle: string; name: string },
): Promise<{ token: string; sessionId: SessionId }> {
  const person = await findActiveLocalByHandle(ctx.db, input.handle.replace(/^@/, ""));
  if (person === null) throw new Refusal("not_found", { field: "handle" });
  const session = { id: newId<"session">(), personId: person.id, client: "cli", name: input.name };
  const token = newToken();
  await transact(ctx, async (tx) => {
    await openSession(ctx, tx, { ...session, by: "command", device: nowhere });
    await insertTokens(tx, [
      { hash: hashToken(token), sessionId: session.id, kind: "access", expiresAt: null },
    ]);
  });
  return { token, sessionId: session.id };
}

/** Ends the session that a token belongs to; its sockets close on every node. Refuses an unknown or ended one. */
export async function revokeToken(ctx: Context, input: { token: string }): Promise<void> {
  const found = await findToken(ctx.db, hashToken(input.token));
  if (found === null || found.session.revokedAt !== null) throw new Refusal("not_found", { field: "token" });
  await revokeSession(ctx, found.session, { by: null });
}

/** Who ended something, and from where; null for the command line. */
interface EndedBy {
  by: PersonId | null;
  address?: string | undefined;
}

/** Ends a session and everything that was signed in by it; its sockets close on every node. False when it had ended. */
export async function revokeSession(
  ctx: Context,
  session: Pick<SessionRow, "id" | "personId">,
  ended: EndedBy,
): Promise<boolean> {
  const done = await transact(ctx, (tx) => endSession(ctx, tx, { ...session, ...ended }));
  forgetBearers(ctx);
  return done;
}

/**
 * Ends all sessions of somebody, or all but one, and whatever they have begun by which they could get in. Whoever calls
 * this forgets bearers (`forgetBearers`) once the transaction has committed; other nodes hear of it by themselves.
 */
export async function endSessions(
  ctx: Context,
  tx: Transaction,
  { personId, except }: { personId: PersonId; except?: SessionId },
): Promise<void> {
  await deleteTicketsOf(tx, personId);
  await deleteCodesOf(tx, personId);
  const ids = await revokeSessionRows(tx, { personId, except, at: ctx.now() });
  for (const sessionId of ids) record(tx, "session.revoked", { sessionId, personId });
}

async function endSession(
  ctx: Context,
  tx: Transaction,
  { id: sessionId, personId, by, address }: Pick<SessionRow, "id" | "personId"> & EndedBy,
): Promise<boolean> {
  const ended = await revokeSessionRows(tx, { personId, id: sessionId, at: ctx.now() });
  if (ended.length === 0) return false;
  const details = { sessionId };
  await audit(ctx, tx, { action: "session.ended", actorId: by, personId, details, address });
  record(tx, "session.revoked", { sessionId, personId });
  return true;
}

async function issuePair(ctx: Context, q: Queryable, sessionId: SessionId): Promise<TokenPair> {
  const pair = { access: newToken(), refresh: newToken() };
  const now = ctx.now().getTime();
  await insertTokens(q, [
    {
      hash: hashToken(pair.access),
      sessionId,
      kind: "access",
      expiresAt: new Date(now + ACCESS_SECONDS * 1000),
    },
    {
      hash: hashToken(pair.refresh),
      sessionId,
      kind: "refresh",
      expiresAt: new Date(now + REFRESH_SECONDS * 1000),
    },
  ]);
  return pair;
}

type Found = NonNullable<Awaited<ReturnType<typeof findToken>>>;

function isAlive(ctx: Context, found: Found): boolean {
  return isInTime(ctx, found) && !wasEnded(found) && found.person.host === null;
}

function isInTime(ctx: Context, { token }: Found): boolean {
  return token.expiresAt === null || token.expiresAt > ctx.now();
}

/** Whether somebody decided that this session is over: who has it, or who runs the server. */
function wasEnded({ session, person }: Found): boolean {
  return session.revokedAt !== null || person.state !== "active";
}

/** A token that nobody can guess. */
export function newToken(): string {
  return `luc_${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a token. */
export function hashToken(token: string): Uint8Array {
  return new Uint8Array(hash("sha256", token, "buffer"));
}

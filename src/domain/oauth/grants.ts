import { hash } from "node:crypto";
import {
  endOldestAppSessions,
  findApp,
  lockCode,
  markAppUsed,
  setCodeSession,
  type AppRow,
  type CodeRow,
} from "#db/apps.ts";
import type { Transaction } from "#db/connect.ts";
import { findToken, insertSession, insertTokens } from "#db/sessions.ts";
import { newId, type SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { covers } from "#lib/scopes.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { openTicket, readTicket, takeTicket } from "../tickets.ts";
import { hashToken, newToken, revokeSession } from "../tokens.ts";
import { record, transact } from "../transact.ts";
import { scopesOf } from "./apps.ts";

/** How many sessions of apps somebody may have; the oldest makes room. */
const APP_SESSIONS = 50;
/** Seconds that the token of an app itself lasts. */
const APP_TOKEN_SECONDS = 24 * 3600;

/** A token, for the app that asked for it. */
export interface Grant {
  token: string;
  scopes: readonly string[];
  createdAt: Date;
  /** Seconds; null for one that lasts until it is revoked. */
  lasts: number | null;
}

/**
 * Exchanges a code for a token, once: a second exchange ends what the first began, for then two parties have the code.
 * Refuses `invalid_grant`.
 */
export async function exchangeCode(
  ctx: Context,
  app: AppRow,
  input: { code: string; redirectUri: string; verifier: string | undefined; address: string },
): Promise<Grant> {
  const hash = hashToken(input.code);
  const outcome = await transact(ctx, async (tx) => {
    const code = await lockCode(tx, hash);
    if (code === null || code.appId !== app.id) return null;
    if (code.sessionId !== null) return { personId: code.personId, id: code.sessionId };
    if (!code.active || code.expiresAt <= ctx.now() || !isProven(code, input)) return null;
    return await begin(ctx, tx, { app, code, address: input.address });
  });
  forgetBearers(ctx);
  if (outcome !== null && "token" in outcome) return outcome;
  if (outcome !== null) await revokeSession(ctx, outcome, { by: null, address: input.address });
  throw new Refusal("invalid_grant", { field: "code" });
}

/** Whether whoever brings a code is who asked for it (RFC 7636 section 4.6); one without a challenge takes no verifier. */
function isProven(
  { challenge, redirectUri }: CodeRow,
  given: { redirectUri: string; verifier: string | undefined },
): boolean {
  if (redirectUri !== given.redirectUri) return false;
  if (challenge === null || given.verifier === undefined) return challenge === (given.verifier ?? null);
  return (
    /^[\w.~-]{43,128}$/.test(given.verifier) && hash("sha256", given.verifier, "base64url") === challenge
  );
}

async function begin(
  ctx: Context,
  tx: Transaction,
  { app, code, address }: { app: AppRow; code: CodeRow; address: string },
): Promise<Grant> {
  const { personId, scopes } = code;
  const [id, token, createdAt] = [newId<"session">(), newToken(), ctx.now()];
  const { clientId: client, id: appId, name } = app;
  const what = { client, appId, name, scopes, userAgent: null, address };
  await insertSession(tx, { id, personId, ...what, createdAt, seenAt: createdAt });
  await insertTokens(tx, [{ hash: hashToken(token), sessionId: id, kind: "access", expiresAt: null }]);
  await setCodeSession(tx, code.hash, id);
  await markAppUsed(tx, appId, createdAt);
  const details = { appId, sessionId: id, scopes };
  await audit(ctx, tx, { action: "app.allowed", actorId: personId, personId, details, address });
  const ended = await endOldestAppSessions(tx, { personId, keep: APP_SESSIONS, at: createdAt });
  for (const sessionId of ended) record(tx, "session.revoked", { sessionId, personId });
  return { token, scopes, createdAt, lasts: null };
}

/** What the token of an app itself stands for. */
interface OfApp {
  clientId: string;
  scopes: string[];
  at: number;
}

/** A token of the app itself, by which nobody's things are reached. Refuses `unauthorized_client` and `invalid_scope`. */
export async function grantToApp(ctx: Context, app: AppRow, scope: string | undefined): Promise<Grant> {
  if (app.secretHash === null) throw new Refusal("unauthorized_client", { field: "client_id" });
  const scopes = scopesOf(scope);
  if (!scopes.every((each) => covers(app.scopes, each)))
    throw new Refusal("invalid_scope", { field: "scope" });
  const createdAt = ctx.now();
  const data: OfApp = { clientId: app.clientId, scopes, at: createdAt.getTime() };
  const token = await openTicket(ctx, ctx.db, { purpose: "app", seconds: APP_TOKEN_SECONDS, data });
  return { token, scopes, createdAt, lasts: APP_TOKEN_SECONDS };
}

/** Ends what an app says is over (RFC 7009). A token that is not its own stays, and looks like one that never was. */
export async function giveBackToken(
  ctx: Context,
  app: AppRow,
  { token, address }: { token: string; address: string },
): Promise<void> {
  const found = await findToken(ctx.db, hashToken(token));
  if (found !== null && found.session.appId === app.id) {
    await revokeSession(ctx, found.session, { by: found.session.personId, address });
    return;
  }
  if ((await ofApp(ctx, token))?.clientId !== app.clientId) return;
  await takeTicket(ctx, ctx.db, { secret: token, purpose: "app" });
}

/** What a token stands for. */
export interface TokenState {
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date | null;
  /** Null for one of the app itself. */
  person: { id: string; handle: string } | null;
  sessionId: SessionId | null;
}

/** What a token of the app that asks stands for (RFC 7662); null for every other text. */
export async function inspectToken(ctx: Context, app: AppRow, token: string): Promise<TokenState | null> {
  const found = await findToken(ctx.db, hashToken(token));
  if (found !== null) {
    const { session, person } = found;
    const isAlive = session.revokedAt === null && person.state === "active";
    if (session.appId !== app.id || !isAlive) return null;
    const { scopes, createdAt, id: sessionId } = session;
    return { scopes: scopes ?? [], createdAt, expiresAt: found.token.expiresAt, person, sessionId };
  }
  const own = await ofApp(ctx, token);
  if (own === null || own.clientId !== app.clientId) return null;
  const expiresAt = new Date(own.at + APP_TOKEN_SECONDS * 1000);
  return { scopes: own.scopes, createdAt: new Date(own.at), expiresAt, person: null, sessionId: null };
}

/** The app that a token belongs to, its own or one by which it speaks for somebody. Refuses `unauthorized`. */
export async function appOfToken(ctx: Context, token: string): Promise<AppRow> {
  const found = await findToken(ctx.db, hashToken(token));
  const isAlive = found !== null && found.session.revokedAt === null && found.person.state === "active";
  const appId = isAlive ? found.session.appId : null;
  const clientId = found === null ? (await ofApp(ctx, token))?.clientId : undefined;
  const by = appId !== null ? { id: appId } : clientId !== undefined ? { clientId } : null;
  const app = by === null ? null : await findApp(ctx.db, by);
  if (app === null) throw new Refusal("unauthorized");
  return app;
}

async function ofApp(ctx: Context, token: string): Promise<OfApp | null> {
  try {
    return (await readTicket(ctx, ctx.db, { secret: token, purpose: "app" })).data as OfApp;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

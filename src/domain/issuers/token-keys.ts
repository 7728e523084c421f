import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import type { IssuerRow } from "#db/issuers.ts";
import { keepAnswer } from "#lib/keep-answer.ts";
import { log } from "#lib/log.ts";
import type { Context } from "../context.ts";
import { discoverIssuer } from "./discover.ts";
import { fetchThrough, PAUSE_SECONDS, unreachable } from "./fetch.ts";
import { openSealed } from "./secrets.ts";

/** A key that is not there makes the set be asked for anew, but not more often than this. */
const COOLDOWN_MS = 30_000;
/** For how long keys are believed. */
const KEEP_MS = 600_000;

/** By the row that is known: whoever changes an issuer makes its keys be asked for anew. */
const known = new WeakMap<IssuerRow, JWTVerifyGetKey>();

/** By which key a token of an issuer is checked. Refuses `provider_unreachable`; a key that it does not have is an error of jose. */
export function keysOf(ctx: Context, issuer: IssuerRow): JWTVerifyGetKey {
  const found = known.get(issuer) ?? makeKeys(ctx, issuer);
  known.set(issuer, found);
  return found;
}

function makeKeys(ctx: Context, issuer: IssuerRow): JWTVerifyGetKey {
  const shared = openSealed(ctx, issuer.sharedKey);
  if (shared !== null) {
    const key = new Uint8Array(Buffer.from(shared));
    return async () => Promise.resolve(key);
  }
  let set: { uri: string; keys: ReturnType<typeof createRemoteJWKSet> } | null = null;
  return async (header, token) => {
    const uri = issuer.jwksUri ?? (await discoverIssuer(ctx, issuer)).serverMetadata().jwks_uri;
    if (uri === undefined) throw unreachable();
    if (set?.uri !== uri) set = { uri, keys: remoteKeys(ctx, uri) };
    try {
      return await set.keys(header, token);
    } catch (error) {
      if (isOfToken(error)) throw error;
      log("domain").warn("the keys of an issuer could not be had", { issuerId: issuer.id, error });
      throw unreachable();
    }
  };
}

/** The set of keys; one who does not answer is not asked again at once, whoever wants to know. */
function remoteKeys(ctx: Context, uri: string) {
  const ask = keepAnswer(
    async () => {
      const answer = await fetchThrough(ctx.egress)(uri, { headers: { accept: "application/json" } });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      return await answer.text();
    },
    { keepMs: 0, pauseMs: PAUSE_SECONDS * 1000 },
  );
  return createRemoteJWKSet(new URL(uri), {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEEP_MS,
    [customFetch]: async () => new Response(await ask()),
  });
}

/** Whether it is the token's fault that there is no key for it. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

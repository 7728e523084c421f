import { decodeProtectedHeader } from "jose";
import { authorizationCodeGrant, type Configuration, fetchUserInfo } from "openid-client";
import type { IssuerRow } from "#db/issuers.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { callbackOf } from "./address.ts";
import { readClaims, type Said } from "./claims.ts";
import { discoverIssuer } from "./discover.ts";
import { isUnanswered, unreachable } from "./fetch.ts";

/** What a provider sent somebody back with, and what they went with. */
interface Answered {
  answer: URLSearchParams;
  state: string;
  nonce: string;
  verifier: string;
}

/**
 * Exchanges a code for what the provider says of somebody (OpenID Connect Core 1.0 section 3.1.3): signed by a key and an algorithm
 * of its, for this journey. Refuses `provider_failed` and `provider_unreachable`.
 */
export async function redeem(ctx: Context, issuer: IssuerRow, answered: Answered): Promise<Said> {
  const config = await discoverIssuer(ctx, issuer);
  try {
    return await ask(ctx, issuer, { ...answered, config });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (isUnanswered(error)) throw unreachable();
    log("domain").warn("what a provider answered does not count", { issuerId: issuer.id, error });
    throw new Refusal("provider_failed");
  }
}

async function ask(
  ctx: Context,
  issuer: IssuerRow,
  { answer, state, nonce, verifier, config }: Answered & { config: Configuration },
): Promise<Said> {
  // Not the address that was asked for: what a client says of that would count for something.
  const url = new URL(callbackOf(ctx.settings, issuer.slug));
  url.search = answer.toString();
  const tokens = await authorizationCodeGrant(config, url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const { alg = "" } = decodeProtectedHeader(tokens.id_token ?? "");
  if (claims === undefined || !issuer.algorithms.includes(alg)) throw new Refusal("provider_failed");
  const said = readClaims(issuer, claims);
  const isEnough = said !== null && said.handle !== "";
  if (isEnough || config.serverMetadata().userinfo_endpoint === undefined) return demand(said);
  // Most providers say there alone what somebody is called; who they are is said by the signed token.
  const more = await fetchUserInfo(config, tokens.access_token, claims.sub);
  return demand(readClaims(issuer, claims, more));
}

function demand(said: Said | null): Said {
  if (said === null) throw new Refusal("provider_failed");
  return said;
}

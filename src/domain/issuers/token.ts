import { errors, jwtVerify } from "jose";
import { isJsonObject, type JsonObject, JsonRefused, parseBoundedJson } from "#lib/bounded-json.ts";
import { isWithinReach } from "#lib/moment.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { type Said, readClaims } from "./claims.ts";
import { CLOCK_SECONDS } from "./discover.ts";
import { findTokenIssuer } from "./known.ts";
import { keysOf } from "./token-keys.ts";

/** What a token of an issuer says, once it is known to be of them. */
export interface SaidByToken extends Said {
  /** Null where that is not said. */
  readonly issuedAt: Date | null;
  readonly expiresAt: Date;
}

/** Characters of a token. */
export const TOKEN_LENGTH = 8_192;
/** Values of a header or of claims, and how deep they are in each other. */
const LIMITS = { nodes: 500, depth: 8 };
/** A token that brings its key, or says where it is, would be its own witness (RFC 8725 section 3.10). */
const ownKeys = ["jku", "jwk", "x5u", "x5c"];
/** What a token is that lets somebody in (RFC 9068, RFC 7519); others are about something else. */
const types: readonly string[] = ["jwt", "at+jwt", "application/at+jwt"];

/**
 * Checks a signed token (RFC 7519, as RFC 8725 advises): its issuer is one of ours, by one of its algorithms and keys, for this
 * server, and now. Refuses `unauthorized`, whatever is wrong with it, and `provider_unreachable`.
 */
export async function readToken(ctx: Context, text: string): Promise<SaidByToken> {
  const parts = text.length <= TOKEN_LENGTH ? text.split(".") : [];
  const [header, claims] = [parse(parts[0]), parse(parts[1])];
  if (parts.length !== 3 || header === null || claims === null) throw new Refusal("unauthorized");
  const { iss } = claims;
  const issuer = typeof iss === "string" ? await findTokenIssuer(ctx, iss) : null;
  if (issuer?.audience == null || !isForBearers(header)) throw new Refusal("unauthorized");
  const now = ctx.now();
  try {
    await jwtVerify(text, keysOf(ctx, issuer), {
      issuer: issuer.uri,
      audience: issuer.audience,
      algorithms: issuer.algorithms,
      requiredClaims: ["exp"],
      clockTolerance: CLOCK_SECONDS,
      currentDate: now,
    });
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new Refusal("unauthorized");
    throw error;
  }
  const said = readClaims(issuer, claims);
  const expiresAt = momentOf(claims["exp"]);
  // Clocks may differ about when a token begins, never about whether it is over.
  if (said === null || expiresAt === null || expiresAt <= now) throw new Refusal("unauthorized");
  return { ...said, issuedAt: momentOf(claims["iat"]), expiresAt };
}

/** Reads a part as what it says and nothing else: a name that stands twice would mean something else to somebody else. */
function parse(part: string | undefined): JsonObject | null {
  if (part === undefined || !/^[\w-]+$/.test(part)) return null;
  try {
    const value = parseBoundedJson(new Uint8Array(Buffer.from(part, "base64url")), LIMITS);
    return isJsonObject(value) ? value : null;
  } catch (error) {
    if (error instanceof JsonRefused) return null;
    throw error;
  }
}

function isForBearers(header: JsonObject): boolean {
  const { typ } = header;
  const isOfType = typ === undefined || (typeof typ === "string" && types.includes(typ.toLowerCase()));
  return isOfType && !ownKeys.some((name) => Object.hasOwn(header, name));
}

function momentOf(seconds: unknown): Date | null {
  const moment = typeof seconds === "number" ? new Date(seconds * 1000) : null;
  return moment !== null && isWithinReach(moment) ? moment : null;
}

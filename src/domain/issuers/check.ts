import type { ClaimNames } from "#db/issuers.ts";
import { hasControlCharacters } from "#lib/control-characters.ts";
import { EgressError } from "#lib/egress-error.ts";
import { Refusal } from "#lib/refusal.ts";
import { pairAlgorithms, sharedAlgorithms } from "#lib/signature-algorithms.ts";
import type { Context } from "../context.ts";

/** What is decided about an issuer. */
export interface IssuerInput {
  /** As it stands in addresses; it stays what it is. */
  slug: string;
  name: string;
  /** `iss`: of a provider, the address under which it is discovered. It stays what it is. */
  uri: string;
  /** Whether people sign in there by their browser (OpenID Connect). */
  signsIn: boolean;
  clientId: string | null;
  /** Null for a client that has none. */
  clientSecret: string | null;
  /** Whether its tokens are taken as bearers. */
  acceptsTokens: boolean;
  audience: string | null;
  /** Null where its keys are discovered, or shared. */
  jwksUri: string | null;
  sharedKey: string | null;
  /** Empty for the usual ones. */
  algorithms: readonly string[];
  claims: ClaimNames;
  /** Whether somebody whom it names for the first time gets an account. */
  makesAccounts: boolean;
}

/** Bytes that a shared key has at least: what HS256 is made for (RFC 7518 section 3.2). */
const SHARED_KEY_BYTES = 32;
/** Claims that name somebody for good, as issuers of today have them. */
const lasting: readonly string[] = ["sub", "oid", "uid", "user_id", "userid", "uuid", "guid", "object_guid"];
/** Of a key pair, those that every provider of today signs with. */
const USUAL: readonly string[] = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

/** The same in its one spelling. Refuses `issuer_invalid`, with the field at fault. */
export function checkIssuer(ctx: Context, input: IssuerInput): IssuerInput {
  const { signsIn, acceptsTokens, sharedKey, clientId, audience } = input;
  demand(/^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/.test(input.slug), "slug");
  const name = input.name.trim();
  demand(isText(name, 60), "name");
  demand(signsIn || acceptsTokens, "signsIn");
  demand(!signsIn || isText(clientId, 500), "clientId");
  demand(!acceptsTokens || isText(audience, 500), "audience");
  // An ID token is for the client (OpenID Connect Core 1.0 section 2): it says who signed in, and lets nobody in.
  demand(!acceptsTokens || audience !== clientId, "audience");
  checkKeys(ctx, input);
  checkClaims(input.claims);
  const algorithms = [...new Set(input.algorithms)];
  const allowed: readonly string[] = sharedKey === null ? pairAlgorithms : sharedAlgorithms;
  demand(
    algorithms.every((algorithm) => allowed.includes(algorithm)),
    "algorithms",
  );
  if (algorithms.length > 0) return { ...input, name, algorithms };
  return { ...input, name, algorithms: sharedKey === null ? USUAL : ["HS256"] };
}

/** Where keys come from is one place; where something is asked is an address that may be asked. */
function checkKeys(ctx: Context, { uri, signsIn, jwksUri, sharedKey }: IssuerInput): void {
  demand(isText(uri, 500), "uri");
  const isDiscovered = signsIn || (sharedKey === null && jwksUri === null);
  if (isDiscovered) checkAddress(ctx, uri, "uri");
  if (jwksUri !== null) checkAddress(ctx, jwksUri, "jwksUri");
  if (sharedKey === null) return;
  // A key of a pair is public: taken for a shared one, it would let anybody sign.
  demand(!signsIn && jwksUri === null, "sharedKey");
  const bytes = Buffer.byteLength(sharedKey);
  demand(bytes >= SHARED_KEY_BYTES && bytes <= 1_000, "sharedKey");
}

function checkAddress(ctx: Context, text: string, field: string): void {
  try {
    const url = ctx.egress.check(text);
    demand(url.hash === "" && (field !== "uri" || url.search === ""), field);
  } catch (error) {
    if (error instanceof EgressError) throw new Refusal("issuer_invalid", { field });
    throw error;
  }
}

/** Who somebody is never follows from what is given to others later, or what they choose: a name to sign in with, an address for mail. */
function checkClaims(claims: ClaimNames): void {
  for (const name of Object.values(claims)) demand(isText(name, 100), "claims");
  demand(lasting.includes(claims.subject ?? "sub"), "claims");
}

function isText(text: string | null | undefined, most: number): boolean {
  return text != null && text !== "" && text.length <= most && !hasControlCharacters(text);
}

function demand(holds: boolean, field: string): void {
  if (!holds) throw new Refusal("issuer_invalid", { field });
}

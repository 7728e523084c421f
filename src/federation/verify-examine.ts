import { MalformedSignature, readSignature, type SignatureClaim } from "./verify-signature-header.ts";
import { namesSha256 } from "./verify-digest.ts";
import { Unverified } from "./verify-unverified.ts";

/** A request without its body. */
export interface SignedHead {
  readonly method: string;
  /** The target as it stood on the request line (`incoming.url`): "/users/UUID/inbox". */
  readonly url: string;
  readonly headers: Headers;
}

/** A request reduced to what its signature covers, at the address that we know ourselves by. */
export interface ExaminedRequest {
  readonly claim: SignatureClaim;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly rawBody?: Uint8Array<ArrayBuffer>;
}

export interface ExamineOptions {
  readonly origin: string;
  readonly now: () => Date;
  readonly withBody: boolean;
}

const windowMs = 5 * 60 * 1000;

/** Judges a signed request as far as its headers go: target, host, time, digest named, everything covered. */
export function examine(request: SignedHead, options: ExamineOptions): ExaminedRequest {
  const claim = readClaim(request.headers);
  const url = canonicalUrl(request.url, options.origin);
  checkHost(request.headers.get("host"), url);
  checkTimes(request.headers, claim, options.now().getTime());
  if (options.withBody && !namesSha256(request.headers, digestHeader(claim))) {
    throw new Unverified("digest_missing");
  }
  if (!coversEnough(claim, url, options.withBody)) throw new Unverified("not_covered");
  return { claim, method: request.method, url, headers: coveredHeaders(request.headers, claim) };
}

function readClaim(headers: Headers): SignatureClaim {
  try {
    const claim = readSignature(headers);
    if (claim !== undefined) return claim;
  } catch (error) {
    if (error instanceof MalformedSignature) throw new Unverified("signature_malformed", { cause: error });
    throw error;
  }
  throw new Unverified("signature_missing");
}

/** Another spelling of the same path (`//`, `/../`, `%2e`) may be routed like ours and was not what was signed. */
function canonicalUrl(target: string, origin: string): URL {
  const url = target.startsWith("/") && !target.startsWith("//") ? URL.parse(target, origin) : null;
  if (url === null || url.pathname + url.search !== target || /\/\/|%2e/i.test(url.pathname)) {
    throw new Unverified("target_not_canonical");
  }
  return url;
}

function checkHost(host: string | null, url: URL): void {
  const named = host !== null && /^[\w.:[\]-]+$/.test(host) ? URL.parse(`${url.protocol}//${host}`) : null;
  if (named?.host !== url.host) throw new Unverified("host_foreign");
}

const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function checkTimes(headers: Headers, claim: SignatureClaim, now: number): void {
  if (claim.scheme === "rfc9421") {
    if (claim.created === undefined) throw new Unverified("date_missing");
  } else {
    const date = headers.get("date");
    if (date === null) throw new Unverified("date_missing");
    checkWindow(imfFixdate.test(date) ? Date.parse(date) : Number.NaN, now);
  }
  if (claim.created !== undefined) checkWindow(claim.created * 1000, now);
  if (claim.expires !== undefined && claim.expires * 1000 < now) throw new Unverified("expired");
}

function checkWindow(time: number, now: number): void {
  if (!(Math.abs(time - now) <= windowMs)) throw new Unverified("date_outside_window"); // also when it is no number
}

function digestHeader(claim: SignatureClaim): "digest" | "content-digest" {
  return claim.scheme === "rfc9421" ? "content-digest" : "digest";
}

function coversEnough(claim: SignatureClaim, url: URL, withBody: boolean): boolean {
  const covers = (...names: readonly string[]): boolean => names.every((name) => claim.covered.has(name));
  if (withBody && !covers(digestHeader(claim))) return false;
  if (claim.scheme !== "rfc9421") {
    return covers("(request-target)", "host", "date") && (url.search === "" || !withBody);
  }
  const target =
    covers("@target-uri") || (covers("@authority", "@path") && (url.search === "" || covers("@query")));
  return covers("@method") && target;
}

/** The signature's own headers and those that it covers: what is not signed is not looked at. */
function coveredHeaders(headers: Headers, claim: SignatureClaim): Headers {
  const kept = new Headers();
  for (const name of ["signature", "signature-input", ...claim.covered]) {
    const value = /^[a-z0-9-]+$/.test(name) ? headers.get(name) : null;
    if (value !== null) kept.set(name, value);
  }
  return kept;
}

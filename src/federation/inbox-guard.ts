import { createHash } from "node:crypto";
import { isJsonObject, JsonRefused, parseBoundedJson, type JsonObject } from "#lib/bounded-json.ts";
import { isActivityStreams } from "./documents.ts";
import { actorOf, withoutProofs } from "./inbox-guard-activity.ts";
import { readBody } from "./inbox-guard-body.ts";
import type { InboxLimits } from "./inbox-guard-limits.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import type { RemoteKeys } from "./remote-keys.ts";
import { Unverified } from "./verify-unverified.ts";
import type { Signer, Verifier } from "./verify.ts";

export { GuardRefusal };

export interface InboxRequest {
  readonly method: string;
  /** The target as it stood on the request line (`incoming.url`). */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export interface GuardedActivity {
  /** The activity without `proof` and `signature` at any level. */
  readonly activity: JsonObject;
  /** The actor who signed the request; equal to the activity's `actor`. */
  readonly actorUri: string;
  /** SHA-256 of the raw body, lower-case hexadecimal. */
  readonly digest: string;
}

export interface InboxGuard {
  /** Limits, proof of the signer, equality of signer and actor; throws GuardRefusal. */
  guard(request: InboxRequest): Promise<GuardedActivity>;
}

export interface InboxGuardOptions {
  readonly verifier: Verifier;
  readonly keys: RemoteKeys;
  readonly limits: InboxLimits;
  /** Default 1 MiB. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 1024 * 1024;
/** Seconds after which a sender whose key could not be fetched may come again. */
const keyRetrySeconds = 30;

interface Guarding extends InboxGuardOptions {
  readonly maxBytes: number;
}

/** Builds what stands between the inbox and the domain. Cheap reasons to refuse come before dear ones. */
export function createInboxGuard(options: InboxGuardOptions): InboxGuard {
  const guarding: Guarding = { ...options, maxBytes: options.maxBytes ?? defaultMaxBytes };
  return { guard: (request) => guard(guarding, request) };
}

async function guard(guarding: Guarding, request: InboxRequest): Promise<GuardedActivity> {
  checkHead(guarding, request);
  const { keyId } = examined(guarding, request);
  const host = new URL(keyId).host;
  guarding.limits.checkHost(host);
  const release = guarding.limits.enter(host); // before the body is read: what is being read takes memory
  try {
    const rawBody = await readBody(request.body, guarding.maxBytes);
    return await prove(guarding, { request, rawBody, keyId });
  } finally {
    release();
  }
}

function checkHead({ maxBytes }: Guarding, { headers }: InboxRequest): void {
  if (!isActivityStreams(headers.get("content-type") ?? "")) throw new GuardRefusal(415, "content_type");
  const coding = headers.get("content-encoding");
  if (coding !== null && coding !== "identity") throw new GuardRefusal(415, "content_encoding");
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw new GuardRefusal(413, "too_large");
}

function examined({ verifier }: Guarding, request: InboxRequest): { readonly keyId: string } {
  try {
    return verifier.examineInbound(request);
  } catch (error) {
    throw asRefusal(error);
  }
}

interface Read {
  readonly request: InboxRequest;
  readonly rawBody: Uint8Array<ArrayBuffer>;
  readonly keyId: string;
}

async function prove(guarding: Guarding, { request, rawBody, keyId }: Read): Promise<GuardedActivity> {
  const activity = parsed(rawBody);
  const actor = actorOf(activity);
  const known = await guarding.keys.known(keyId);
  if (known === undefined) checkStranger(guarding, actor, keyId);
  else guarding.limits.checkActor(known.ownerUri);
  const signer = await verified(guarding.verifier, request, rawBody);
  guarding.limits.count(signer.actorUri, new URL(keyId).host);
  if (actor === undefined) throw new GuardRefusal(202, "actor_unclear");
  if (actor !== signer.actorUri) throw new GuardRefusal(401, "actor_not_signer");
  const digest = createHash("sha256").update(rawBody).digest("hex");
  return { activity: withoutProofs(activity), actorUri: actor, digest };
}

/** Before a key is fetched: is there any use in it, and has its host made us fetch too much already? */
function checkStranger(guarding: Guarding, actor: string | undefined, keyId: string): void {
  const { host, origin } = new URL(keyId);
  if (actor !== undefined && URL.parse(actor)?.origin !== origin) {
    throw new GuardRefusal(401, "actor_not_signer");
  }
  guarding.limits.countStranger(host);
}

function parsed(rawBody: Uint8Array): JsonObject {
  try {
    const value = parseBoundedJson(rawBody);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (error instanceof JsonRefused) throw new GuardRefusal(400, error.problem, { cause: error });
    throw error;
  }
  throw new GuardRefusal(400, "not_an_object");
}

async function verified(
  verifier: Verifier,
  { method, url, headers }: InboxRequest,
  rawBody: Uint8Array<ArrayBuffer>,
): Promise<Signer> {
  try {
    return await verifier.verifyInbound({ method, url, headers, rawBody });
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof Unverified)) return error;
  // Not 401, which senders take for final: a message must not be lost because its server was slow for a moment.
  if (error.reason === "key_unavailable") {
    return new GuardRefusal(503, error.reason, { retryAfter: keyRetrySeconds, cause: error });
  }
  return new GuardRefusal(401, error.reason, { cause: error });
}

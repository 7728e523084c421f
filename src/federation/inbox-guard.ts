import { createHash } from "node:crypto";
import { isJsonObject, JsonRefused, parseBoundedJson, type JsonObject } from "#lib/bounded-json.ts";
import { DocumentUnavailable, isActivityStreams, type Documents } from "./documents.ts";
import { actorOf, ownDeletionOf, withoutProofs } from "./inbox-guard-activity.ts";
import { readBody } from "./inbox-guard-body.ts";
import type { InboxLimits } from "./inbox-guard-limits.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import { KeyUnavailable } from "./remote-key-proof.ts";
import type { RemoteKeys } from "./remote-keys.ts";
import { Unverified } from "./verify-unverified.ts";
import { isSameOrigin } from "./uris.ts";
import type { Verifier } from "./verify.ts";

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
  /** The actor who signed the request, or whose own server says that they are gone; the activity's `actor`. */
  readonly actorUri: string;
  /** SHA-256 of the raw body, lower-case hexadecimal. */
  readonly digest: string;
  /** Set when nothing says that they are gone but that they are not there just now. */
  readonly isDoubtful?: boolean;
}

export interface InboxGuard {
  /** Limits, proof of the signer, equality of signer and actor; throws GuardRefusal. */
  guard(request: InboxRequest): Promise<GuardedActivity>;
}

export interface InboxGuardOptions {
  readonly verifier: Verifier;
  readonly keys: RemoteKeys;
  readonly documents: Pick<Documents, "fetchAnyId">;
  readonly limits: InboxLimits;
  /** Whether anything is taken from a server; from all by default. */
  readonly admits?: (host: string) => Promise<boolean>;
  /** Whether nobody here chose yet to talk to anybody at a server; nobody asks by default. */
  readonly isNew?: (host: string) => Promise<boolean>;
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
  if ((await guarding.admits?.(host)) === false) throw new GuardRefusal(403, "server_suspended");
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
  const digest = createHash("sha256").update(rawBody).digest("hex");
  const { method, url, headers } = request;
  try {
    const signer = await guarding.verifier.verifyInbound({ method, url, headers, rawBody });
    const { host } = new URL(keyId);
    guarding.limits.count(signer.actorUri, host);
    if (await guarding.isNew?.(host)) guarding.limits.countNewServer(host);
    if (actor === undefined) throw new GuardRefusal(202, "actor_unclear");
    if (actor !== signer.actorUri) throw new GuardRefusal(401, "actor_not_signer");
    return { activity: withoutProofs(activity), actorUri: actor, digest };
  } catch (error) {
    const departure = isKeyGone(error) ? await departureOf(guarding, activity, keyId) : undefined;
    if (departure === undefined) throw asRefusal(error);
    return { ...departure, digest };
  }
}

function isKeyGone(error: unknown): boolean {
  const cause = error instanceof Unverified ? error.cause : undefined;
  return cause instanceof KeyUnavailable && cause.problem === "not_there";
}

/**
 * Whoever is gone has no key any more by which to say so. Their own server's word is taken instead: it knows no such actor. Only 410 says
 * that it never will again.
 */
async function departureOf(
  { documents }: Guarding,
  activity: JsonObject,
  keyId: string,
): Promise<Omit<GuardedActivity, "digest"> | undefined> {
  const actorUri = actorOf(activity);
  const departure = ownDeletionOf(activity);
  if (actorUri === undefined || departure === undefined || !isSameOrigin(actorUri, keyId)) return undefined;
  try {
    await documents.fetchAnyId(actorUri);
  } catch (error) {
    if (!(error instanceof DocumentUnavailable)) throw error;
    if (error.problem === "gone") return { activity: departure, actorUri, isDoubtful: error.status !== 410 };
    if (error.temporary) throw new GuardRefusal(503, "key_unavailable", { retryAfter: keyRetrySeconds });
  }
  // Not 401, after which some servers come again: this will never be true.
  throw new GuardRefusal(202, "not_gone");
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

function asRefusal(error: unknown): unknown {
  if (!(error instanceof Unverified)) return error;
  // Not 401, which senders take for final: a message must not be lost because its server was slow for a moment.
  if (error.reason === "key_unavailable") {
    return new GuardRefusal(503, error.reason, { retryAfter: keyRetrySeconds, cause: error });
  }
  return new GuardRefusal(401, error.reason, { cause: error });
}

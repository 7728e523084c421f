import type { JsonObject } from "#lib/bounded-json.ts";

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

/** 202: proven but meaningless, dropped. 503: the key could not be fetched just now, the sender should retry. */
export type GuardStatus = 202 | 400 | 401 | 413 | 415 | 429 | 503;

/** A request that never reaches the domain. */
export class GuardRefusal extends Error {
  readonly status: GuardStatus;
  readonly code: string;
  /** Seconds, for 429 and 503. */
  readonly retryAfter: number | undefined;

  constructor(status: GuardStatus, code: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(`${status} ${code}`, { cause: options.cause });
    this.name = "GuardRefusal";
    this.status = status;
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

export interface InboxGuard {
  /** Limits, proof of the signer, equality of signer and actor; throws GuardRefusal. */
  guard(request: InboxRequest): Promise<GuardedActivity>;
}

import { secondsOfOverload } from "#domain/overload.ts";
import { Refusal, type RefusalCode } from "#lib/refusal.ts";
import { QueueFull } from "./in-order.ts";
import { GuardRefusal } from "./inbox-guard.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";

/** After how many seconds a sender shall come again whose message could not be taken for want of somebody's document. */
const RETRY_AFTER_S = 60;

export interface InboxAnswer {
  readonly status: number;
  /** Why it is refused for good, for the sender's person to know. */
  readonly error?: RefusalCode | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/**
 * Refusals for good that the sender's server may show its person. Every other one looks like success: whoever is
 * blocked must not see a difference, and a repetition would change nothing.
 */
const shown: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "too_long",
  "requests_full",
  "request_pending_limit",
  "server_silenced",
  "not_member",
  "not_permitted",
  "stale_epoch",
  "group_archived",
  "group_closed",
  "owner_must_transfer",
  "recipient_moved",
  "banned",
]);

/** What a failure means for the sender: 202 or 403 for what will never be taken, 5xx for what may be taken later. */
export function judge(error: unknown): InboxAnswer & { readonly reason: string } {
  if (error instanceof GuardRefusal) {
    return { status: error.status, reason: error.code, retryAfter: error.retryAfter };
  }
  // Not 5xx, which would speak of the whole server: this sender alone is too fast.
  if (error instanceof QueueFull) return { status: 429, reason: "queue_full", retryAfter: RETRY_AFTER_S };
  if (error instanceof Dropped) return { status: 202, reason: error.reason };
  if (error instanceof Refusal) {
    const { code } = error;
    return shown.has(code) ? { status: 403, reason: code, error: code } : { status: 202, reason: code };
  }
  if (error instanceof ActorUnavailable) {
    const reason = "actor_unavailable";
    return error.temporary ? { status: 503, reason, retryAfter: RETRY_AFTER_S } : { status: 202, reason };
  }
  const retryAfter = secondsOfOverload(error);
  if (retryAfter !== null) return { status: 503, reason: "overloaded", retryAfter };
  return { status: 500, reason: "error" };
}

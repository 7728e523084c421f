import type { Outcome } from "#domain/settle.ts";
import { isJsonObject } from "#lib/bounded-json.ts";
import { namedReason, type DeliveryReason } from "#lib/delivery-reason.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { EgressResponse } from "#lib/egress.ts";
import { log, type LogFields } from "#lib/log.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import { VersionGone } from "./translate/note-out.ts";

/** Answers in the 400s that speak of this moment and not of this message. */
const passing: ReadonlySet<number> = new Set([408, 421, 425, 429]);
/** Most bytes of an answer in which a reason is looked for. */
const REASON_BYTES = 1_000;
/** The longest time that another server may ask us to wait, in seconds. */
const LONGEST_PAUSE_S = 24 * 3600;

/**
 * What an answer means for a delivery. 2xx: taken. 4xx: refused for good, for a message that was refused because of a
 * block must not arrive after the block is lifted. Anything else may be different later.
 */
export function outcomeOf(response: Pick<EgressResponse, "status" | "headers" | "body">, now: Date): Outcome {
  const { status } = response;
  if (status >= 200 && status < 300) return { state: "accepted" };
  const reason = `http_${status}` as const;
  if (status >= 400 && status < 500 && !passing.has(status))
    return { state: "refused", reason: (status === 403 ? reasonIn(response.body) : undefined) ?? reason };
  const notBefore = pauseUntil(response.headers.get("retry-after"), now);
  return {
    state: "retry",
    reason,
    ...(status === 503 && { silent: true }),
    ...(notBefore !== null && { notBefore }),
  };
}

/** What a failure means for a delivery; null when it only means that this server is stopping. */
export function outcomeOfError(error: unknown, fields: LogFields): Outcome | null {
  if (error instanceof VersionGone) return { state: "refused", reason: "deleted" };
  if (error instanceof Dropped) return { state: "refused", reason: "recipient_gone" };
  if (error instanceof ActorUnavailable) {
    if (!error.temporary) return { state: "refused", reason: "recipient_gone" };
    return { state: "retry", reason: "recipient_unavailable", silent: true };
  }
  if (error instanceof EgressError) {
    if (error.reason === "closed") return null;
    // An address that we never ask will not become another; everything else depends on a network.
    const { reason } = error;
    if (reason === "server_suspended") return { state: "gave-up", reason };
    if (reason === "url_refused") return { state: "refused", reason };
    const silent = reason === "network" || reason === "timeout";
    return { state: "retry", reason, ...(silent && { silent }) };
  }
  log("federation").error("a delivery could not be made", { ...fields, error });
  return { state: "retry", reason: "internal_error" };
}

/** Our own kind says why. */
function reasonIn(body: Uint8Array): DeliveryReason | undefined {
  if (body.length === 0 || body.length > REASON_BYTES) return undefined;
  const parsed = parseJson(Buffer.from(body).toString());
  return namedReason(isJsonObject(parsed) ? parsed["error"] : undefined);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads Retry-After (RFC 9110, section 10.2.3): seconds or a date. */
function pauseUntil(value: string | null, now: Date): Date | null {
  if (value === null) return null;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000;
  if (!(seconds > 0)) return null;
  return new Date(now.getTime() + Math.min(seconds, LONGEST_PAUSE_S) * 1000);
}

import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import type { JsonObject } from "#lib/bounded-json.ts";
import { withoutProofs } from "./inbox-guard-activity.ts";

/**
 * What tells that an activity is the same wherever it is had from: SHA-256 of its canonical form (RFC 8785), whose context
 * and proofs play no part.
 */
export function digestOf(activity: JsonObject): string {
  const { "@context": _, ...said } = withoutProofs(activity);
  return `sha-256=${createHash("sha256")
    .update(canonicalize(said) ?? "")
    .digest("base64")}`;
}

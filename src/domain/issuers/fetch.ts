import type { Egress } from "#lib/egress.ts";
import { EgressError } from "#lib/egress-error.ts";
import { Refusal } from "#lib/refusal.ts";

/** Of a description, a set of keys or a token: far more than any has. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 5_000;
/** Seconds after which somebody who did not answer is asked again. */
export const PAUSE_SECONDS = 5;

interface Request {
  readonly method?: string;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly body?: unknown;
}

/** `fetch` as libraries want it, through the one way out: it follows nobody elsewhere. */
export function fetchThrough(egress: Egress) {
  return async (url: string, { method = "GET", headers = {}, body }: Request = {}): Promise<Response> => {
    const answer = await egress.fetch(url, {
      method: method === "POST" ? "POST" : "GET",
      headers: Object.fromEntries(new Headers(headers)),
      ...(body != null && { body: toBytes(body) }),
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      redirects: 0,
    });
    const isEmpty = answer.body.length === 0;
    return new Response(isEmpty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

function toBytes(body: unknown): string | Uint8Array {
  if (body instanceof URLSearchParams) return body.toString();
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("a body of another kind");
}

/** Whether something failed because somebody could not be asked. */
export function isUnanswered(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof EgressError) return true;
  return false;
}

/** What is said where an issuer cannot be asked. */
export function unreachable(): Refusal {
  return new Refusal("provider_unreachable", { retryAfter: PAUSE_SECONDS });
}

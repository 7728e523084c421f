import { randomBytes } from "node:crypto";
import type { Context as Call } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { FLOW_SECONDS } from "#domain/issuers/sign-in.ts";

/** Says that whoever comes back from a provider is the browser that went there; it opens nothing by itself. */
const COOKIE = "flow";

/** What this browser keeps, if anything. */
export function readFlow(c: Call): string | undefined {
  const flow = getCookie(c, COOKIE, "host");
  return flow !== undefined && /^[\w-]{43}$/.test(flow) ? flow : undefined;
}

/** The same, and something new where it keeps nothing: two tabs may be on their way at once. */
export function keepFlow(c: Call): string {
  const flow = readFlow(c) ?? randomBytes(32).toString("base64url");
  setCookie(c, COOKIE, flow, {
    prefix: "host",
    httpOnly: true,
    secure: true,
    // A provider leads back from another site.
    sameSite: "Lax",
    path: "/",
    maxAge: FLOW_SECONDS,
  });
  return flow;
}

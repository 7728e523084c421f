import { createMiddleware } from "hono/factory";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "#domain/context.ts";
import { clientAddress, customerOf } from "#lib/client-address.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import { TooMany } from "./errors.ts";

const MINUTE_MS = 60_000;
/** Addresses and handles that are counted at once. */
const KEYS = 20_000;

/** How often one address, and one handle, may be tried in a window. */
export interface TryLimits {
  readonly perAddress: number;
  readonly perHandle: number;
  readonly windowMs: number;
}

export const signInLimits: TryLimits = { perAddress: 25, perHandle: 10, windowMs: 5 * MINUTE_MS };
export const signUpLimits: TryLimits = { perAddress: 5, perHandle: 5, windowMs: 30 * MINUTE_MS };

/**
 * Slows down whoever guesses: so many tries per client address, and per handle whatever the address. A try that
 * succeeds counts too. Counted in this process's memory.
 */
export function limitTries(ctx: Context, options: { trustedProxies: readonly string[]; limits: TryLimits }) {
  const { limits, trustedProxies } = options;
  const now = (): number => ctx.now().getTime();
  const { windowMs } = limits;
  const addresses = new RateLimit({ limit: limits.perAddress, windowMs, keys: KEYS, now });
  const handles = new RateLimit({ limit: limits.perHandle, windowMs, keys: KEYS, now });
  return createMiddleware<{ Bindings: HttpBindings }>(async (c, next) => {
    const peer = c.env.incoming.socket.remoteAddress ?? "";
    const address = clientAddress({ peer, forwardedFor: c.req.header("X-Forwarded-For") }, trustedProxies);
    const { handle } = c.req.valid("json" as never) as { handle: string };
    const wait =
      addresses.take(customerOf(address)) ?? handles.take(handle.trim().toLowerCase().replace(/^@/, ""));
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}

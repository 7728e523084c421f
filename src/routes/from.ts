import type { HttpBindings } from "@hono/node-server";
import { createMiddleware } from "hono/factory";
import { clientAddress, customerOf } from "#lib/client-address.ts";

/** Where a request comes from, as far as that can be believed. */
export interface From {
  /** In its one spelling. */
  readonly address: string;
  /** What is counted as one: the address, or the network that an IPv6 customer has. */
  readonly customer: string;
}

/** What routes behind `knowFrom` know of where their caller is. */
export interface FromEnv {
  Bindings: HttpBindings;
  Variables: { from: From };
}

/** Finds out where requests come from; what a client says itself of that never counts. */
export function knowFrom(trustedProxies: readonly string[]) {
  return createMiddleware<FromEnv>(async (c, next) => {
    const peer = c.env.incoming.socket.remoteAddress ?? "";
    const forwardedFor = c.req.header("X-Forwarded-For");
    const address = clientAddress({ peer, forwardedFor }, trustedProxies);
    c.set("from", { address, customer: customerOf(address) });
    await next();
  });
}

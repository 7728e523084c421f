import type { HttpBindings } from "@hono/node-server";
import type { HonoRequest } from "hono";
import { createMiddleware } from "hono/factory";
import { checkDoor } from "#domain/ip-rules.ts";
import { clientAddress, customerOf } from "#lib/client-address.ts";
import type { Door } from "#lib/door.ts";
import type { Services } from "./services.ts";

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

/** Where a request comes from; what a client says itself of that never counts. Refuses `address_refused`. */
export async function admitFrom(
  { ctx, trustedProxies }: Pick<Services, "ctx" | "trustedProxies">,
  c: { readonly env: HttpBindings; readonly req: Pick<HonoRequest, "header"> },
  door: Door,
): Promise<From> {
  const peer = c.env.incoming.socket.remoteAddress ?? "";
  const forwardedFor = c.req.header("X-Forwarded-For");
  const address = clientAddress({ peer, forwardedFor }, trustedProxies);
  await checkDoor(ctx, { address, door });
  return { address, customer: customerOf(address) };
}

/** Finds out where requests come from, and lets in who may come in at this door. */
export function knowFrom(services: Pick<Services, "ctx" | "trustedProxies">, doorOf: (path: string) => Door) {
  return createMiddleware<FromEnv>(async (c, next) => {
    c.set("from", await admitFrom(services, c, doorOf(c.req.path)));
    await next();
  });
}

import type { Context } from "#domain/context.ts";
import { stanceOf } from "#domain/server-rules.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { Egress } from "#lib/egress.ts";
import { wantsPage, type FederationRoute } from "./http.ts";
import { bare } from "./responses.ts";
import { Unverified } from "./verify-unverified.ts";
import type { Verifier } from "./verify.ts";

/** A way out that leads to no server with which the operator wants no talk. */
export function policed(ctx: Context, egress: Egress): Egress {
  return {
    fetch: async (url, request) => {
      const { host } = egress.check(url);
      if (!(await stanceOf(ctx, host)).talks) throw new EgressError("server_suspended", host);
      return await egress.fetch(url, request);
    },
    check: (url) => egress.check(url),
    close: () => egress.close(),
  };
}

/** Paths that say nothing of anybody. */
const OPEN = /^\/(?:\.well-known\/)?nodeinfo/;

/**
 * The doors, shut to those who say by their signature that they ask for a server with which the operator wants no talk.
 * What they say is not proven here: whoever lies gets less, not more. Where nobody is talked to, all are shut to servers.
 */
export function closed(
  ctx: Context,
  verifier: Pick<Verifier, "examineGet">,
  routes: readonly FederationRoute[],
): FederationRoute[] {
  const isShut = async (request: Request, target: string): Promise<boolean> => {
    if (wantsPage(request)) return false;
    const host = claimedHost(verifier, { method: "GET", url: target, headers: request.headers });
    if (host === null) return ctx.settings.federation === "off";
    return !(await stanceOf(ctx, host)).talks;
  };
  return routes.map((route) => {
    if (route.method !== "GET" || OPEN.test(route.path)) return route;
    const handle: FederationRoute["handle"] = async (request, params) =>
      (await isShut(request, params.target)) ? bare(403) : await route.handle(request, params);
    return { ...route, handle };
  });
}

function claimedHost(
  verifier: Pick<Verifier, "examineGet">,
  head: Parameters<Verifier["examineGet"]>[0],
): string | null {
  try {
    return new URL(verifier.examineGet(head).keyId).host;
  } catch (error) {
    if (error instanceof Unverified) return null;
    throw error;
  }
}

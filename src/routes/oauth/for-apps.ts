import { Hono } from "hono";
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { ApiError } from "#protocol/api.ts";
import { knowFrom, type FromEnv } from "../from.ts";
import { noStore } from "../headers.ts";
import { limitBody } from "../limits.ts";
import type { Services } from "../services.ts";
import { appRoutes } from "./apps.ts";
import { metadataRoutes } from "./metadata.ts";
import { tokenRoutes } from "./tokens.ts";

/** Every page may read these answers: they are for whoever shows a secret, and no cookie is one. */
const fromEverywhere = createMiddleware(async (c, next) => {
  await next();
  c.res.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
});

/** Says errors as RFC 6749 (section 5.2) has them, beside our own words. */
const asOAuth = createMiddleware(async (c, next) => {
  await next();
  if (c.error === undefined || c.res.status >= 500) return;
  const { status, headers } = c.res;
  const said = (await c.res.json()) as ApiError;
  const error = said.error === "invalid" ? "invalid_request" : said.error;
  if (error === "invalid_client") headers.set("WWW-Authenticate", `Basic realm="apps"`);
  const isMalformed = error === "invalid_request";
  c.res = new Response(JSON.stringify({ ...said, error, error_description: said.message }), {
    status: isMalformed ? 400 : status,
    headers,
  });
});

/** Everything that apps ask without a person in front of a page: OAuth 2.0, as apps for Mastodon expect it. */
export function oauthRoutes(services: Services) {
  const shared = () => new Hono<FromEnv>().use("*", noStore, fromEverywhere, cors(), limitBody);
  const known = () =>
    shared().use(
      "*",
      knowFrom(services, () => "api"),
    );
  return new Hono<FromEnv>()
    .route("/api/v1/apps", known().route("/", appRoutes(services)))
    .route("/oauth", known().use("*", asOAuth).route("/", tokenRoutes(services)))
    .route("/.well-known/oauth-authorization-server", shared().route("/", metadataRoutes(services)));
}

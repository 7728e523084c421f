import { Hono } from "hono";
import { z } from "zod";
import { knownScopes } from "#lib/scopes.ts";
import { describe } from "../parse.ts";
import type { Services } from "../services.ts";

const metadataSchema = z
  .object({
    issuer: z.string(),
    authorization_endpoint: z.string(),
    token_endpoint: z.string(),
    revocation_endpoint: z.string(),
    introspection_endpoint: z.string(),
    app_registration_endpoint: z.string(),
    service_documentation: z.string(),
    scopes_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    response_modes_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    revocation_endpoint_auth_methods_supported: z.array(z.string()),
    introspection_endpoint_auth_methods_supported: z.array(z.string()),
    code_challenge_methods_supported: z.array(z.string()),
    authorization_response_iss_parameter_supported: z.boolean(),
  })
  .meta({ id: "OAuthServerMetadata" });

/** What apps may find out of this server by themselves (RFC 8414). */
export function metadataRoutes({ ctx }: Services) {
  const { origin } = ctx.settings;
  const withSecret = ["client_secret_basic", "client_secret_post"];
  const metadata: z.infer<typeof metadataSchema> = {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    introspection_endpoint: `${origin}/oauth/introspect`,
    app_registration_endpoint: `${origin}/api/v1/apps`,
    service_documentation: `${origin}/api/docs`,
    scopes_supported: [...knownScopes],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "client_credentials"],
    token_endpoint_auth_methods_supported: [...withSecret, "none"],
    revocation_endpoint_auth_methods_supported: [...withSecret, "none"],
    introspection_endpoint_auth_methods_supported: withSecret,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
  return new Hono().get(
    "/",
    describe({
      tag: "Apps",
      summary: "What apps find here (RFC 8414)",
      answers: { 200: metadataSchema },
      open: true,
    }),
    (c) => c.json(metadata),
  );
}

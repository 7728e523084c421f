import { z } from "zod";
import { signatureAlgorithms } from "#lib/signature-algorithms.ts";
import type * as issuers from "./issuers.ts";
import { date, id } from "./schemas.ts";

/** Schemas of who says who people are. Types and schemas must agree. */

const claimNamesSchema = z.object({
  subject: z.string().exactOptional(),
  handle: z.string().exactOptional(),
  name: z.string().exactOptional(),
  session: z.string().exactOptional(),
}) satisfies z.ZodType<issuers.ClaimNames>;

export const issuerSchema = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    uri: z.string(),
    signsIn: z.boolean(),
    clientId: z.string().nullable(),
    hasClientSecret: z.boolean(),
    redirectUri: z.string(),
    acceptsTokens: z.boolean(),
    audience: z.string().nullable(),
    jwksUri: z.string().nullable(),
    hasSharedKey: z.boolean(),
    algorithms: z.array(z.enum(signatureAlgorithms)),
    claims: claimNamesSchema,
    makesAccounts: z.boolean(),
    disabled: z.boolean(),
    createdAt: date,
  })
  .meta({ id: "Issuer" }) satisfies z.ZodType<issuers.Issuer>;

export const issuerListSchema = z
  .object({ issuers: z.array(issuerSchema) })
  .meta({ id: "IssuerList" }) satisfies z.ZodType<issuers.IssuerList>;

export const identityListSchema = z
  .object({
    identities: z.array(z.object({ issuerId: id, slug: z.string(), name: z.string(), createdAt: date })),
  })
  .meta({ id: "IdentityList" }) satisfies z.ZodType<issuers.IdentityList>;

export const providerJourneySchema = z
  .object({ url: z.string() })
  .meta({ id: "ProviderJourney" }) satisfies z.ZodType<issuers.ProviderJourney>;

export const providerNewcomerSchema = z
  .object({ provider: z.string(), handle: z.string() })
  .meta({ id: "ProviderNewcomer" }) satisfies z.ZodType<issuers.ProviderNewcomer>;

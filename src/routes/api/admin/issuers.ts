import { Hono } from "hono";
import { z } from "zod";
import { addIssuer, changeIssuer, listIssuers, removeIssuer } from "#domain/issuers/issuers.ts";
import { signatureAlgorithms } from "#lib/signature-algorithms.ts";
import { presentIssuer } from "#present/issuers.ts";
import type { Issuer, IssuerList } from "#protocol/issuers.ts";
import { issuerListSchema, issuerSchema } from "#protocol/issuer-schemas.ts";
import { confirmed } from "../../confirmed.ts";
import { describe, idOf, parse, printable } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";
const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine(...printable);
const secret = z.string().min(1).max(1_000);
const claim = text(100).exactOptional();
const claims = z.strictObject({ subject: claim, handle: claim, name: claim, session: claim });
const algorithms = z.array(z.enum(signatureAlgorithms)).max(signatureAlgorithms.length);

const IssuerBody = z.strictObject({
  slug: text(30),
  name: text(60),
  uri: text(500),
  signsIn: z.boolean().default(false),
  clientId: text(500).nullable().default(null),
  clientSecret: secret.nullable().default(null),
  acceptsTokens: z.boolean().default(false),
  audience: text(500).nullable().default(null),
  jwksUri: text(500).nullable().default(null),
  sharedKey: secret.nullable().default(null),
  algorithms: algorithms.default([]),
  claims: claims.default({}),
  makesAccounts: z.boolean().default(false),
});
const ChangeBody = z.strictObject({
  name: text(60).exactOptional(),
  signsIn: z.boolean().exactOptional(),
  clientId: text(500).nullable().exactOptional(),
  clientSecret: secret.nullable().exactOptional(),
  acceptsTokens: z.boolean().exactOptional(),
  audience: text(500).nullable().exactOptional(),
  jwksUri: text(500).nullable().exactOptional(),
  sharedKey: secret.nullable().exactOptional(),
  algorithms: algorithms.exactOptional(),
  claims: claims.exactOptional(),
  makesAccounts: z.boolean().exactOptional(),
  disabled: z.boolean().exactOptional(),
});

/** Whose word about who people are is taken. */
export function issuerRoutes({ ctx }: Services) {
  const show = (row: Parameters<typeof presentIssuer>[1]): Issuer => presentIssuer(ctx.settings, row);
  return new Hono<AdminEnv>()
    .get(
      "/admin/issuers",
      describe({
        tag,
        summary: "Who else says who people are, oldest first",
        answers: { 200: issuerListSchema },
      }),
      async (c) => c.json<IssuerList>({ issuers: (await listIssuers(ctx, decider(c))).map(show) }),
    )
    .post(
      "/admin/issuers",
      describe({
        tag,
        summary:
          "Take somebody's word for who people are: they sign in there, or its tokens are taken; its secrets are never shown again",
        answers: { 201: issuerSchema },
      }),
      confirmed(ctx),
      parse("json", IssuerBody),
      async (c) => {
        const issuer = c.req.valid("json");
        return c.json<Issuer>(show(await addIssuer(ctx, { ...decider(c), issuer })), 201);
      },
    )
    .patch(
      "/admin/issuers/:id",
      describe({
        tag,
        summary: "Decide anew about an issuer; what is left out stays, and its tokens must be shown anew",
        answers: { 200: issuerSchema },
      }),
      confirmed(ctx),
      parse("json", ChangeBody),
      async (c) => {
        const id = idOf<"issuer">(c.req.param("id"));
        const change = c.req.valid("json");
        return c.json<Issuer>(show(await changeIssuer(ctx, { ...decider(c), id, change })));
      },
    )
    .delete(
      "/admin/issuers/:id",
      describe({
        tag,
        summary: "Take an issuer's word no more, and forget whom it knew",
        answers: { 204: null },
      }),
      confirmed(ctx),
      async (c) => {
        await removeIssuer(ctx, { ...decider(c), id: idOf<"issuer">(c.req.param("id")) });
        return c.body(null, 204);
      },
    );
}

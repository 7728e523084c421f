import { Hono } from "hono";
import { z } from "zod";
import { createCode, listCodes, revokeCode, type SignUpCodeId } from "#domain/sign-up/codes.ts";
import {
  approveSignUp,
  listSignUpRequests,
  rejectSignUp,
  type SignUpRequestId,
} from "#domain/sign-up/requests.ts";
import { presentPerson } from "#present/people.ts";
import { presentCode, presentSignUpRequest } from "#present/sign-up.ts";
import { personSchema } from "#protocol/schemas.ts";
import {
  signUpCodePageSchema,
  signUpCodeSchema,
  signUpRequestPageSchema,
} from "#protocol/sign-up-schemas.ts";
import type { SignUpCodePage, SignUpRequestPage } from "#protocol/sign-up.ts";
import type { BearerEnv } from "../bearer.ts";
import type { FromEnv } from "../from.ts";
import { describe, idOf, limitSchema, momentSchema, parse, printable } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Running the server";
const USES_MAX = 100_000;

const CreateCode = z.strictObject({
  uses: z.int().min(1).max(USES_MAX).nullable().default(1),
  expiresAt: momentSchema.nullable().default(null),
  note: z
    .string()
    .trim()
    .max(200)
    .refine(...printable)
    .default(""),
});
const CodesQuery = z.strictObject({ before: z.uuid().optional(), limit: limitSchema });
const RequestsQuery = z.strictObject({ after: z.uuid().optional(), limit: limitSchema });

/** Codes with which people make themselves accounts. */
export function signUpCodeRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/admin/sign-up-codes",
      describe({
        tag,
        summary: "Codes for new accounts, newest first",
        answers: { 200: signUpCodePageSchema },
      }),
      parse("query", CodesQuery),
      async (c) => {
        const { before = null, limit } = c.req.valid("query");
        const page = { before: before as SignUpCodeId | null, limit };
        const codes = await listCodes(ctx, { by: c.var.bearer.personId, ...page });
        const next = codes.length < limit ? null : (codes.at(-1)?.id ?? null);
        return c.json<SignUpCodePage>({ codes: codes.map((code) => presentCode(ctx.settings, code)), next });
      },
    )
    .post(
      "/admin/sign-up-codes",
      describe({
        tag,
        summary: "Make a code: for one new account, for several, or until a moment",
        answers: { 201: signUpCodeSchema },
      }),
      parse("json", CreateCode),
      async (c) => {
        const { address } = c.var.from;
        const made = await createCode(ctx, { by: c.var.bearer.personId, address, ...c.req.valid("json") });
        return c.json(presentCode(ctx.settings, made), 201);
      },
    )
    .delete(
      "/admin/sign-up-codes/:id",
      describe({
        tag,
        summary: "Take a code back; who came in by it stays",
        answers: { 204: null },
      }),
      async (c) => {
        const id = idOf<"sign-up-code">(c.req.param("id"));
        await revokeCode(ctx, { by: c.var.bearer.personId, id, address: c.var.from.address });
        return c.body(null, 204);
      },
    );
}

/** Those who wait until somebody agrees that they get an account. */
export function signUpRequestRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/admin/sign-up-requests",
      describe({
        tag,
        summary: "Who waits for an account, oldest first",
        answers: { 200: signUpRequestPageSchema },
      }),
      parse("query", RequestsQuery),
      async (c) => {
        const { after = null, limit } = c.req.valid("query");
        const page = { after: after as SignUpRequestId | null, limit };
        const requests = await listSignUpRequests(ctx, { by: c.var.bearer.personId, ...page });
        const next = requests.length < limit ? null : (requests.at(-1)?.id ?? null);
        return c.json<SignUpRequestPage>({ requests: requests.map(presentSignUpRequest), next });
      },
    )
    .post(
      "/admin/sign-up-requests/:id/approve",
      describe({ tag, summary: "Make the account that somebody waits for", answers: { 201: personSchema } }),
      async (c) => {
        const id = idOf<"sign-up-request">(c.req.param("id"));
        const { address } = c.var.from;
        const person = await approveSignUp(ctx, { by: c.var.bearer.personId, id, address });
        return c.json(presentPerson(ctx.settings, person), 201);
      },
    )
    .post(
      "/admin/sign-up-requests/:id/reject",
      describe({ tag, summary: "Let somebody wait no longer; nothing is kept", answers: { 204: null } }),
      async (c) => {
        const id = idOf<"sign-up-request">(c.req.param("id"));
        await rejectSignUp(ctx, { by: c.var.bearer.personId, id, address: c.var.from.address });
        return c.body(null, 204);
      },
    );
}

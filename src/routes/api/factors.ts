import { Hono } from "hono";
import { z } from "zod";
import { readFactors } from "#domain/sign-in/begin.ts";
import { askToConfirm, confirm, CONFIRMED_SECONDS, waysToConfirm } from "#domain/sign-in/confirm.ts";
import { makeRecoveryCodes } from "#domain/sign-in/recovery.ts";
import { beginTotp, confirmTotp, removeTotp } from "#domain/sign-in/totp.ts";
import {
  confirmableSchema,
  confirmedSchema,
  newTotpSchema,
  passkeyChallengeSchema,
  recoveryCodesSchema,
  totpStateSchema,
} from "#protocol/sign-in-schemas.ts";
import type {
  Confirmable,
  Confirmed,
  NewTotp,
  PasskeyChallenge,
  RecoveryCodes,
  TotpState,
} from "#protocol/sign-in.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { limitGuesses } from "../limits.ts";
import { describe, parse } from "../parse.ts";
import { code, passkeyAnswer } from "../passkey-input.ts";
import type { Services } from "../services.ts";

const Confirmation = z.union([
  z.strictObject({ password: z.string().min(1).max(10_000) }),
  z.strictObject({ totp: code }),
  z.strictObject({ passkey: z.strictObject({ ticket: z.string().min(1).max(200), answer: passkeyAnswer }) }),
  z.strictObject({ signedInLately: z.literal(true) }),
]);

const tag = "Factors";

/** Showing once more who one is, before anything by which one signs in is changed. */
export function confirmRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/confirm",
      describe({
        tag,
        summary: "By what one can show once more who one is",
        answers: { 200: confirmableSchema },
      }),
      async (c) => c.json<Confirmable>({ ways: await waysToConfirm(ctx, c.var.bearer) }),
    )
    .post(
      "/me/confirm/begin",
      describe({
        tag,
        summary: "Ask the browser for one of one's passkeys",
        answers: { 200: passkeyChallengeSchema },
      }),
      async (c) => {
        const { options, ticket } = await askToConfirm(ctx, c.var.bearer);
        return c.json<PasskeyChallenge>({ ticket, options: { ...options } });
      },
    )
    .post(
      "/me/confirm",
      describe({
        tag,
        summary: "Show once more who one is; the ticket goes into the header `Confirmation`",
        answers: { 200: confirmedSchema },
      }),
      limitGuesses(ctx),
      parse("json", Confirmation),
      async (c) => {
        const ticket = await confirm(ctx, { ...c.var.bearer, confirmation: c.req.valid("json") });
        return c.json<Confirmed>({ ticket, expiresIn: CONFIRMED_SECONDS });
      },
    );
}

/** One's authenticator, and the codes for when it is lost. */
export function totpRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/totp",
      describe({ tag, summary: "Whether one has an authenticator", answers: { 200: totpStateSchema } }),
      async (c) => {
        const { totp: active, codesLeft } = await readFactors(ctx, c.var.bearer.personId);
        return c.json<TotpState>({ active, codesLeft });
      },
    )
    .post(
      "/me/totp",
      describe({
        tag,
        summary: "Get a secret for an authenticator, which a code then confirms (`Confirmation`)",
        answers: { 201: newTotpSchema },
      }),
      confirmed(ctx),
      async (c) => c.json<NewTotp>(await beginTotp(ctx, c.var.bearer.personId), 201),
    )
    .post(
      "/me/totp/confirm",
      describe({
        tag,
        summary: "Confirm an authenticator with a code (`Confirmation`)",
        answers: { 200: recoveryCodesSchema },
      }),
      confirmed(ctx),
      parse("json", z.strictObject({ code })),
      async (c) => {
        const owner = { personId: c.var.bearer.personId, address: c.var.from.address };
        return c.json<RecoveryCodes>({ codes: await confirmTotp(ctx, { ...owner, ...c.req.valid("json") }) });
      },
    )
    .delete(
      "/me/totp",
      describe({ tag, summary: "Take one's authenticator away (`Confirmation`)", answers: { 204: null } }),
      confirmed(ctx),
      async (c) => {
        await removeTotp(ctx, { personId: c.var.bearer.personId, address: c.var.from.address });
        return c.body(null, 204);
      },
    )
    .post(
      "/me/recovery-codes",
      describe({
        tag,
        summary: "Get new recovery codes in place of the older ones (`Confirmation`)",
        answers: { 201: recoveryCodesSchema },
      }),
      confirmed(ctx),
      async (c) => {
        const owner = { personId: c.var.bearer.personId, address: c.var.from.address };
        return c.json<RecoveryCodes>({ codes: await makeRecoveryCodes(ctx, owner) }, 201);
      },
    );
}

import { Hono } from "hono";
import { z } from "zod";
import { languageOf } from "#lib/language.ts";
import { confirmEmail } from "#domain/sign-up/email.ts";
import { finishReset, requestReset } from "#domain/sign-up/reset.ts";
import { mailedSchema } from "#protocol/sign-up-schemas.ts";
import type { Mailed } from "#protocol/sign-up.ts";
import type { FromEnv } from "./from.ts";
import { limitTries, resetLimits } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import type { Services } from "./services.ts";
import { emailSchema, handleSchema, passwordSchema } from "./sign-up.ts";

const tag = "Signing in";
const ticketSchema = z.string().regex(/^[\w-]{1,100}$/, "This is no part of a link.");
const Reset = z.union([z.strictObject({ handle: handleSchema }), z.strictObject({ email: emailSchema })]);
const FinishReset = z.strictObject({ ticket: ticketSchema, password: passwordSchema });

/** What links in letters lead to; mounted behind the check that a request comes from our own pages. */
export function resetRoutes({ ctx }: Services) {
  return new Hono<FromEnv>()
    .post(
      "/reset",
      describe({
        tag,
        summary: "Ask for a link by mail; the answer is the same whether or not there is anybody",
        answers: { 202: mailedSchema },
        open: true,
      }),
      parse("json", Reset),
      limitTries(ctx, resetLimits),
      async (c) => {
        const language = languageOf(c.req.header("Accept-Language"));
        await requestReset(ctx, { to: c.req.valid("json"), language });
        return c.json<Mailed>({ state: "mailed" }, 202);
      },
    )
    .post(
      "/email/confirm",
      describe({
        tag,
        summary: "Say that an e-mail address is one's own, with what stands behind `#` of a link",
        answers: { 204: null },
        open: true,
      }),
      parse("json", z.strictObject({ ticket: ticketSchema })),
      async (c) => {
        const language = languageOf(c.req.header("Accept-Language"));
        await confirmEmail(ctx, { ...c.req.valid("json"), language, address: c.var.from.address });
        return c.body(null, 204);
      },
    )
    .post(
      "/reset/finish",
      describe({
        tag,
        summary: "Choose another password with what stands behind `#` of a link; all sessions end",
        answers: { 204: null },
        open: true,
      }),
      parse("json", FinishReset),
      async (c) => {
        await finishReset(ctx, { ...c.req.valid("json"), address: c.var.from.address });
        return c.body(null, 204);
      },
    );
}

import { Hono } from "hono";
import { z } from "zod";
import { languageOf } from "#lib/language.ts";
import { signUp } from "#domain/sign-up/sign-up.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { signUpWaitingSchema } from "#protocol/sign-up-schemas.ts";
import type { SignUpWaiting } from "#protocol/sign-up.ts";
import type { FromEnv } from "./from.ts";
import { limitMails, limitTries, signUpLimits } from "./limits.ts";
import { describe, parse, printable } from "./parse.ts";
import type { Services } from "./services.ts";
import { enter } from "./signed-in.ts";

const tag = "Signing in";

export const handleSchema = z
  .string()
  .min(1)
  .max(200)
  .refine(...printable);
export const passwordSchema = z.string().min(1).max(10_000);

export const emailSchema = z
  .email("This is no e-mail address.")
  .max(254)
  .refine(...printable);

const SignUp = z.strictObject({
  handle: handleSchema,
  password: passwordSchema,
  code: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(...printable)
    .exactOptional(),
  email: emailSchema.exactOptional(),
  reason: z.string().trim().max(1_000).exactOptional(),
});

/** How people get accounts; mounted behind the check that a request comes from our own pages. */
export function signUpRoutes({ ctx }: Services) {
  return new Hono<FromEnv>().post(
    "/sign-up",
    describe({
      tag,
      summary: "Make an account; 202 where somebody has to agree first",
      answers: { 201: signedInSchema, 202: signUpWaitingSchema },
      open: true,
    }),
    parse("json", SignUp),
    limitTries(ctx, signUpLimits),
    limitMails(ctx),
    async (c) => {
      const language = languageOf(c.req.header("Accept-Language"));
      const person = await signUp(ctx, { ...c.req.valid("json"), language, address: c.var.from.address });
      if (person === null) return c.json<SignUpWaiting>({ state: "waiting" }, 202);
      return await enter(ctx, c, { person, status: 201 });
    },
  );
}

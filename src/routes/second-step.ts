import { Hono, type Context as Call } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import { readPerson } from "#domain/people.ts";
import type { Proof } from "#domain/sign-in/prove.ts";
import { beginPasskeySignIn, finishPasskeySignIn, finishSecondStep } from "#domain/sign-in/second.ts";
import type { TokenPair } from "#domain/tokens.ts";
import type { PersonId } from "#lib/ids.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { passkeyChallengeSchema, secondStepSchema } from "#protocol/sign-in-schemas.ts";
import type { PasskeyChallenge } from "#protocol/sign-in.ts";
import type { FromEnv } from "./from.ts";
import { limitAddress } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import { code, passkeyAnswer } from "./passkey-input.ts";
import type { Services } from "./services.ts";
import { deviceOf, presentSecondStep, presentSignedIn } from "./signed-in.ts";

const ticket = z.string().min(1).max(200);
const keep = z.literal(true).exactOptional();
const Second = z.union([
  z.strictObject({ ticket, keep, totp: code }),
  z.strictObject({ ticket, keep, recovery: code }),
  z.strictObject({ ticket, keep, passkey: passkeyAnswer }),
  z.strictObject({ ticket, keep: z.literal(true) }),
]);
const Finish = z.strictObject({ ticket, passkey: passkeyAnswer });

const tag = "Signing in";
const answers = { 200: signedInSchema };

/** What follows a password where that is not enough, and the way in without one; mounted behind the check of the origin. */
export function secondStepRoutes({ ctx }: Services) {
  return new Hono<FromEnv>()
    .post(
      "/sign-in/second",
      describe({
        tag,
        summary:
          "Finish signing in, with a code of an authenticator, a recovery code or a passkey, and with `keep` where the account is ending",
        answers,
        open: true,
      }),
      limitAddress(ctx),
      parse("json", Second),
      async (c) => {
        const { ticket: secret, keep: keeps = false, ...shown } = c.req.valid("json");
        const proof = Object.keys(shown).length === 0 ? null : (shown as Proof);
        const step = { ticket: secret, proof, keep: keeps, device: deviceOf(c) };
        return await welcome(ctx, c, await finishSecondStep(ctx, step));
      },
    )
    .post(
      "/passkey/begin",
      describe({
        tag,
        summary: "Ask the browser for a passkey, without saying whose",
        answers: { 200: passkeyChallengeSchema },
        open: true,
      }),
      limitAddress(ctx),
      async (c) => {
        const { options, ...rest } = await beginPasskeySignIn(ctx);
        return c.json<PasskeyChallenge>({ ...rest, options: { ...options } });
      },
    )
    .post(
      "/passkey/finish",
      describe({
        tag,
        summary: "Sign in with a passkey; 202 where the account is ending",
        answers: { ...answers, 202: secondStepSchema },
        open: true,
      }),
      limitAddress(ctx),
      parse("json", Finish),
      async (c) => {
        const begun = await finishPasskeySignIn(ctx, { ...c.req.valid("json"), device: deviceOf(c) });
        if ("ticket" in begun) return c.json(presentSecondStep(begun), 202);
        return await welcome(ctx, c, begun);
      },
    );
}

async function welcome(ctx: Context, c: Call, entered: { personId: PersonId; tokens: TokenPair }) {
  const { personId, tokens } = entered;
  return c.json(presentSignedIn(ctx, c, { person: await readPerson(ctx, personId), tokens }));
}

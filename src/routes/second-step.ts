import { Hono, type Context as Call } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import { readPerson } from "#domain/people.ts";
import { beginPasskeySignIn, finishPasskeySignIn, finishSecondStep } from "#domain/sign-in/second.ts";
import type { TokenPair } from "#domain/tokens.ts";
import type { PersonId } from "#lib/ids.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { passkeyChallengeSchema } from "#protocol/sign-in-schemas.ts";
import type { PasskeyChallenge } from "#protocol/sign-in.ts";
import type { FromEnv } from "./from.ts";
import { limitAddress } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import { code, passkeyAnswer } from "./passkey-input.ts";
import type { Services } from "./services.ts";
import { deviceOf, presentSignedIn } from "./signed-in.ts";

const ticket = z.string().min(1).max(200);
const Second = z.union([
  z.strictObject({ ticket, totp: code }),
  z.strictObject({ ticket, recovery: code }),
  z.strictObject({ ticket, passkey: passkeyAnswer }),
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
        summary: "Finish signing in, with a code of an authenticator, a recovery code or a passkey",
        answers,
        open: true,
      }),
      limitAddress(ctx),
      parse("json", Second),
      async (c) => {
        const { ticket: secret, ...proof } = c.req.valid("json");
        return await welcome(
          ctx,
          c,
          await finishSecondStep(ctx, { ticket: secret, proof, device: deviceOf(c) }),
        );
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
      describe({ tag, summary: "Sign in with a passkey", answers, open: true }),
      limitAddress(ctx),
      parse("json", Finish),
      async (c) =>
        await welcome(
          ctx,
          c,
          await finishPasskeySignIn(ctx, { ...c.req.valid("json"), device: deviceOf(c) }),
        ),
    );
}

async function welcome(ctx: Context, c: Call, entered: { personId: PersonId; tokens: TokenPair }) {
  const { personId, tokens } = entered;
  return c.json(presentSignedIn(ctx, c, { person: await readPerson(ctx, personId), tokens }));
}

import { Hono } from "hono";
import { z } from "zod";
import { readFactors } from "#domain/sign-in/begin.ts";
import { beginPasskey, finishPasskey, removePasskey, renamePasskey } from "#domain/sign-in/passkeys.ts";
import { Refusal } from "#lib/refusal.ts";
import { presentPasskey } from "#present/passkeys.ts";
import {
  passkeyAddedSchema,
  passkeyChallengeSchema,
  passkeyListSchema,
  passkeySchema,
} from "#protocol/sign-in-schemas.ts";
import type { PasskeyAdded, PasskeyChallenge, PasskeyList } from "#protocol/sign-in.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { describe, parse, printable } from "../parse.ts";
import { newPasskey } from "../passkey-input.ts";
import type { Services } from "../services.ts";

const name = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .refine(...printable);
const Finish = z.strictObject({ ticket: z.string().min(1).max(200), passkey: newPasskey, name });
const tag = "Factors";

/** The keys with which one signs in without a password. */
export function passkeyRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/passkeys",
      describe({ tag, summary: "One's passkeys, oldest first", answers: { 200: passkeyListSchema } }),
      async (c) => {
        const { passkeys } = await readFactors(ctx, c.var.bearer.personId);
        return c.json<PasskeyList>({ passkeys: passkeys.map(presentPasskey) });
      },
    )
    .post(
      "/me/passkeys/begin",
      describe({
        tag,
        summary: "Ask the browser to make a passkey (`Confirmation`)",
        answers: { 200: passkeyChallengeSchema },
      }),
      confirmed(ctx),
      async (c) => {
        const { ticket, options } = await beginPasskey(ctx, c.var.bearer.personId);
        return c.json<PasskeyChallenge>({ ticket, options: { ...options } });
      },
    )
    .post(
      "/me/passkeys/finish",
      describe({
        tag,
        summary: "Keep the passkey that the browser has made (`Confirmation`)",
        answers: { 201: passkeyAddedSchema },
      }),
      confirmed(ctx),
      parse("json", Finish),
      async (c) => {
        const owner = { personId: c.var.bearer.personId, address: c.var.from.address };
        const { passkey, codes } = await finishPasskey(ctx, { ...owner, ...c.req.valid("json") });
        return c.json<PasskeyAdded>({ passkey: presentPasskey(passkey), codes }, 201);
      },
    )
    .patch(
      "/me/passkeys/:id",
      describe({ tag, summary: "Call a passkey something", answers: { 200: passkeySchema } }),
      parse("json", z.strictObject({ name })),
      async (c) => {
        const named = { personId: c.var.bearer.personId, id: credentialOf(c.req.param("id")) };
        return c.json(presentPasskey(await renamePasskey(ctx, { ...named, ...c.req.valid("json") })));
      },
    )
    .delete(
      "/me/passkeys/:id",
      describe({ tag, summary: "Take a passkey away (`Confirmation`)", answers: { 204: null } }),
      confirmed(ctx),
      async (c) => {
        const owner = { personId: c.var.bearer.personId, address: c.var.from.address };
        await removePasskey(ctx, { ...owner, id: credentialOf(c.req.param("id")) });
        return c.body(null, 204);
      },
    );
}

/** Reads the id of a passkey; one that cannot exist is as unknown as any other. */
function credentialOf(text: string): string {
  if (!/^[\w-]{1,1400}$/.test(text)) throw new Refusal("not_found");
  return text;
}

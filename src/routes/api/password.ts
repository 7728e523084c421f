import { Hono } from "hono";
import { z } from "zod";
import { languageOf } from "#lib/language.ts";
import { changeEmail, readEmail } from "#domain/sign-up/email.ts";
import { changePassword } from "#domain/sign-up/password.ts";
import { emailSchema as emailShape, mailedSchema } from "#protocol/sign-up-schemas.ts";
import type { Email, Mailed } from "#protocol/sign-up.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { limitMails } from "../limits.ts";
import { describe, parse } from "../parse.ts";
import type { Services } from "../services.ts";
import { emailSchema, passwordSchema } from "../sign-up.ts";

const tag = "Account";
const ChangePassword = z.strictObject({ password: passwordSchema });
const ChangeEmail = z.strictObject({ email: emailSchema.nullable() });

/** Password and address: who changes them has just shown who they are. */
export function passwordRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/email",
      describe({
        tag,
        summary: "Where one is reached by mail, and which address is yet to be confirmed",
        answers: { 200: emailShape },
      }),
      async (c) => c.json<Email>(await readEmail(ctx, c.var.bearer.personId)),
    )
    .put(
      "/me/email",
      describe({
        tag,
        summary:
          "Be reached at another address once it is confirmed there, or, at once, at none (`Confirmation`)",
        answers: { 202: mailedSchema, 204: null },
      }),
      confirmed(ctx),
      parse("json", ChangeEmail),
      limitMails(ctx),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const language = languageOf(c.req.header("Accept-Language"));
        const wish = c.req.valid("json");
        await changeEmail(ctx, { personId, sessionId, language, address: c.var.from.address, ...wish });
        return wish.email === null ? c.body(null, 204) : c.json<Mailed>({ state: "mailed" }, 202);
      },
    )
    .put(
      "/me/password",
      describe({
        tag,
        summary: "Choose a password; all other sessions end, those of apps and scripts too (`Confirmation`)",
        answers: { 204: null },
      }),
      confirmed(ctx),
      parse("json", ChangePassword),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const { address } = c.var.from;
        await changePassword(ctx, { personId, sessionId, address, ...c.req.valid("json") });
        return c.body(null, 204);
      },
    );
}

import { Secret, TOTP } from "otpauth";
import { checkSignIn, createAccount } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import { beginSession, type SecondStep } from "#domain/sign-in/begin.ts";
import { beginPasskey, finishPasskey } from "#domain/sign-in/passkeys.ts";
import { beginTotp, confirmTotp } from "#domain/sign-in/totp.ts";
import type { PersonId } from "#lib/ids.ts";
import { Authenticator } from "./authenticator.ts";
import { device } from "./sign-in.ts";
import { createWorld, type World } from "./world.ts";

export const password = "firefly-night";
const STEP_MS = 30_000;

/** What an authenticator with this secret shows so many milliseconds from then. */
export function codeAt({ now }: Pick<Context, "now">, secret: string, later = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now().getTime() + later });
}

/** The code after the one that was just used: good as long as that one, however slow what lies between is. */
export const nextCode = (clock: Pick<Context, "now">, secret: string): string =>
  codeAt(clock, secret, STEP_MS);

/** Gives somebody an authenticator that counts; `codes` are their recovery codes. */
export async function giveTotp(ctx: Context, personId: PersonId) {
  const { secret, uri } = await beginTotp(ctx, personId);
  const now = ctx.now();
  const moment = { ...ctx, now: () => now };
  // With the code of the step before, so that the present one is still good.
  const codes = await confirmTotp(moment, { personId, code: codeAt(moment, secret, -STEP_MS) });
  return { secret, uri, codes: codes ?? [] };
}

/** Gives somebody a passkey. */
export async function givePasskey(ctx: Context, personId: PersonId) {
  const authenticator = new Authenticator(ctx.settings.origin);
  const { ticket, options } = await beginPasskey(ctx, personId);
  const passkey = authenticator.create(options);
  return { authenticator, ...(await finishPasskey(ctx, { personId, ticket, passkey, name: "key" })) };
}

/** Signs in by a password, and gets asked for more. */
export async function askedForMore(ctx: Context, handle: string): Promise<SecondStep> {
  const { person, passwordHash } = await checkSignIn(ctx, { handle, password });
  const begun = await beginSession(ctx, { personId: person.id, device, by: "password", passwordHash });
  if ("tokens" in begun) throw new Error("nothing more is asked for");
  return begun;
}

/** A world with accounts. */
export async function worldWith(...handles: string[]): Promise<World & { people: PersonId[] }> {
  const world = await createWorld();
  const people: PersonId[] = [];
  for (const handle of handles) {
    const { id } = await createAccount(world.ctx, { handle, password, role: "member" });
    people.push(id);
  }
  return { ...world, people };
}

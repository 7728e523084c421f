import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { missTicket, openTicket, readTicket, takeTicket } from "../tickets.ts";
import type { Device } from "../open-session.ts";
import { openWebSession, type TokenPair } from "../tokens.ts";
import { transact } from "../transact.ts";
import { countTry } from "./attempts.ts";
import { beginSession, hold } from "./begin.ts";
import { askForPasskey, type PasskeyAnswer, type PasskeyQuestion, provePasskey } from "./passkey-proof.ts";
import { notProven, prove, type Proof } from "./prove.ts";

/** Seconds in which a browser answers. */
const PASSKEY_SECONDS = 5 * 60;

interface Entered {
  personId: PersonId;
  tokens: TokenPair;
}

/**
 * Finishes signing in where a password was not enough. Refuses `ticket_invalid`, `wrong_code`, `wrong_passkey` (five of them
 * end the ticket), `too_many_codes` and `account_inactive`.
 */
export async function finishSecondStep(
  ctx: Context,
  { ticket: secret, proof, device }: { ticket: string; proof: Proof; device: Device },
): Promise<Entered> {
  const named = { secret, purpose: "second-factor" } as const;
  const { personId } = await readTicket(ctx, ctx.db, named);
  if (personId === null) throw new Refusal("ticket_invalid", { field: "ticket" });
  countTry(ctx, personId);
  const tokens = await transact(ctx, async (tx) => {
    await hold(tx, personId);
    const { data } = await readTicket(ctx, tx, named);
    const { challenge } = data as { challenge: string | null };
    if (!(await prove(ctx, tx, { personId, proof, challenge, address: device.address }))) {
      await missTicket(ctx, tx, named);
      return null;
    }
    await takeTicket(ctx, tx, named);
    return await openWebSession(ctx, tx, { personId, device, by: "password" });
  });
  if (tokens === null) throw notProven(proof);
  return { personId, tokens };
}

/** Asks whoever is there for a passkey of theirs, without asking who they are. */
export async function beginPasskeySignIn(
  ctx: Context,
): Promise<{ ticket: string; options: PasskeyQuestion }> {
  const options = await askForPasskey(ctx);
  const { challenge } = options;
  const opened = { purpose: "passkey-sign-in", seconds: PASSKEY_SECONDS, data: { challenge } } as const;
  return { ticket: await openTicket(ctx, ctx.db, opened), options };
}

/** Signs in by a passkey, which says whose it is. One answer counts, right or wrong. Refuses `wrong_passkey`. */
export async function finishPasskeySignIn(
  ctx: Context,
  { ticket: secret, passkey, device }: { ticket: string; passkey: PasskeyAnswer; device: Device },
): Promise<Entered> {
  const { data } = await takeTicket(ctx, ctx.db, { secret, purpose: "passkey-sign-in" });
  const { challenge } = data as { challenge: string };
  const personId = await provePasskey(ctx, ctx.db, { answer: passkey, challenge });
  if (personId === null) throw notProven({ passkey });
  const begun = await beginSession(ctx, { personId, device, by: "passkey" });
  if ("ticket" in begun) throw new Error("a passkey is never asked for more");
  return { personId, ...begun };
}

import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { keepWithin } from "../ending/end.ts";
import { missTicket, openTicket, readTicket, takeTicket } from "../tickets.ts";
import type { Device } from "../open-session.ts";
import { openWebSession, type TokenPair } from "../tokens.ts";
import { transact } from "../transact.ts";
import { countTry } from "./attempts.ts";
import { beginSession, type Begun, checkWord, hold, type SecondStepData } from "./begin.ts";
import { askForPasskey, type PasskeyAnswer, type PasskeyQuestion, provePasskey } from "./passkey-proof.ts";
import { notProven, prove, type Proof } from "./prove.ts";

/** Seconds in which a browser answers. */
const PASSKEY_SECONDS = 5 * 60;

interface Entered {
  personId: PersonId;
  tokens: TokenPair;
}

/**
 * Finishes signing in where the first step was not enough: a factor is missing (`proof`), or the account is ending, and `keep` says
 * that it shall not. Refuses `ticket_invalid`, `wrong_code`, `wrong_passkey` (five of them end the ticket), `too_many_codes`,
 * `account_ending` and `account_inactive`.
 */
export async function finishSecondStep(
  ctx: Context,
  {
    ticket: secret,
    proof,
    keep = false,
    device,
  }: { ticket: string; proof: Proof | null; keep?: boolean; device: Device },
): Promise<Entered> {
  const named = { secret, purpose: "second-factor" } as const;
  const { personId } = await readTicket(ctx, ctx.db, named);
  if (personId === null) throw new Refusal("ticket_invalid", { field: "ticket" });
  if (proof !== null) await countTry(ctx, { personId, proof, door: "sign-in", address: device.address });
  const tokens = await transact(ctx, async (tx) => {
    const { data } = await readTicket(ctx, tx, named);
    const { challenge, asks, by, issuerId } = data as SecondStepData;
    const { endsAt } = await hold(tx, personId);
    await checkWord(tx, { personId, issuerId });
    if (endsAt !== null && !keep) throw new Refusal("account_ending");
    if (asks && proof === null) throw new Refusal("wrong_code");
    if (asks && !(await prove(ctx, tx, { personId, proof: proof!, challenge, address: device.address }))) {
      await missTicket(ctx, tx, named);
      return null;
    }
    await takeTicket(ctx, tx, named);
    if (endsAt !== null) await keepWithin(ctx, tx, { personId, by: personId, address: device.address });
    return await openWebSession(ctx, tx, { personId, device, by, issuerId });
  });
  if (tokens === null) throw notProven(proof!);
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
): Promise<{ personId: PersonId } & Begun> {
  const { data } = await takeTicket(ctx, ctx.db, { secret, purpose: "passkey-sign-in" });
  const { challenge } = data as { challenge: string };
  const personId = await provePasskey(ctx, ctx.db, { answer: passkey, challenge });
  if (personId === null) throw notProven({ passkey });
  return { personId, ...(await beginSession(ctx, { personId, device, by: "passkey" })) };
}

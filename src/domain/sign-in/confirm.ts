import { findPasswordHash } from "#db/accounts.ts";
import { findFactors } from "#db/factors.ts";
import { findSessionStart } from "#db/session-list.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { isPassword } from "../passwords.ts";
import { openTicket, readTicket, takeTicket } from "../tickets.ts";
import type { Bearer } from "../tokens.ts";
import { transact } from "../transact.ts";
import { countTry } from "./attempts.ts";
import { askForPasskey, type PasskeyAnswer, type PasskeyQuestion } from "./passkey-proof.ts";
import { notProven, prove, type Proof } from "./prove.ts";

/** Seconds for which it counts that somebody has shown once more who they are. */
export const CONFIRMED_SECONDS = 5 * 60;

/** Who asks, in which session: what they show counts there alone. */
export interface Asking {
  personId: PersonId;
  sessionId: SessionId;
}

/** The same, and by what their session stands. */
type AskingBy = Asking & Pick<Bearer, "via">;

/** What somebody shows; nothing, where there is nothing that they could show. */
export type Confirmation =
  | { password: string }
  | { totp: string }
  | { passkey: { ticket: string; answer: PasskeyAnswer } }
  | { signedInLately: true };

/** A way to show who one is. */
type WayToConfirm = "password" | "totp" | "passkey" | "signedInLately";

/** By what somebody can show once more who they are, in this session and now. */
export async function waysToConfirm(
  ctx: Context,
  { personId, sessionId, via }: AskingBy,
): Promise<WayToConfirm[]> {
  const [passwordHash, { totp, passkeys }, since] = await Promise.all([
    findPasswordHash(ctx.db, personId),
    findFactors(ctx.db, personId),
    findSessionStart(ctx.db, sessionId),
  ]);
  const ways: WayToConfirm[] = [
    ...(passwordHash === null ? [] : ["password" as const]),
    ...(totp ? ["totp" as const] : []),
    ...(passkeys.length === 0 ? [] : ["passkey" as const]),
  ];
  // Whoever signs in elsewhere only has nothing to show here: that they have just come from there must do. Of a token that is
  // only when it was brought here first, and says nothing of when its owner showed who they are.
  const isLate = since === null || ctx.now().getTime() - since.getTime() > CONFIRMED_SECONDS * 1000;
  return ways.length === 0 && via === "session" && !isLate ? ["signedInLately"] : ways;
}

/** Asks somebody's passkeys. */
export async function askToConfirm(
  ctx: Context,
  { personId, sessionId }: Asking,
): Promise<{ ticket: string; options: PasskeyQuestion }> {
  const { passkeys } = await findFactors(ctx.db, personId);
  const options = await askForPasskey(ctx, passkeys);
  const data = { challenge: options.challenge, sessionId };
  const opened = { purpose: "passkey-confirm", seconds: CONFIRMED_SECONDS, personId, data } as const;
  return { ticket: await openTicket(ctx, ctx.db, opened), options };
}

/** Gives a ticket to whoever shows once more who they are. Refuses `current_password_wrong`, `wrong_code`, `wrong_passkey`, `too_many_codes`. */
export async function confirm(
  ctx: Context,
  { personId, sessionId, via, confirmation }: AskingBy & { confirmation: Confirmation },
): Promise<string> {
  if ("password" in confirmation) await checkPassword(ctx, personId, confirmation.password);
  else if ("signedInLately" in confirmation) {
    const ways = await waysToConfirm(ctx, { personId, sessionId, via });
    if (!ways.includes("signedInLately")) throw new Refusal("confirm_first");
  } else await checkFactor(ctx, { personId, sessionId, confirmation });
  const opened = {
    purpose: "confirmation",
    seconds: CONFIRMED_SECONDS,
    personId,
    data: { sessionId },
  } as const;
  return await openTicket(ctx, ctx.db, opened);
}

/** Lets only those go on who have shown once more who they are, in this session and just now. Refuses `confirm_first`. */
export async function requireConfirmation(
  ctx: Context,
  { personId, sessionId }: Asking,
  secret: string | undefined,
): Promise<void> {
  if (secret === undefined) throw new Refusal("confirm_first");
  const ticket = await readTicket(ctx, ctx.db, { secret, purpose: "confirmation" }).catch(
    (error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    },
  );
  const isTheirs = (ticket?.data as { sessionId: string } | undefined)?.sessionId === sessionId;
  if (ticket?.personId !== personId || !isTheirs) throw new Refusal("confirm_first");
}

async function checkPassword(ctx: Context, personId: PersonId, password: string): Promise<void> {
  const isRight = await isPassword(password, await findPasswordHash(ctx.db, personId));
  if (!isRight) throw new Refusal("current_password_wrong", { field: "password" });
}

async function checkFactor(
  ctx: Context,
  input: Asking & { confirmation: Exclude<Confirmation, { password: string } | { signedInLately: true }> },
): Promise<void> {
  const { personId, sessionId, confirmation } = input;
  const proof: Proof =
    "passkey" in confirmation ? { passkey: confirmation.passkey.answer } : { totp: confirmation.totp };
  await countTry(ctx, { personId, proof, door: "confirm", address: null });
  const isRight = await transact(ctx, async (tx) => {
    const challenge =
      "passkey" in confirmation
        ? await takeChallenge(ctx, tx, { personId, sessionId, secret: confirmation.passkey.ticket })
        : null;
    return await prove(ctx, tx, { personId, proof, challenge, address: null });
  });
  if (!isRight) throw notProven(proof);
}

async function takeChallenge(
  ctx: Context,
  tx: Parameters<typeof takeTicket>[1],
  { personId, sessionId, secret }: Asking & { secret: string },
): Promise<string> {
  const ticket = await takeTicket(ctx, tx, { secret, purpose: "passkey-confirm" });
  const data = ticket.data as { challenge: string; sessionId: string };
  if (ticket.personId !== personId || data.sessionId !== sessionId)
    throw new Refusal("ticket_invalid", { field: "ticket" });
  return data.challenge;
}

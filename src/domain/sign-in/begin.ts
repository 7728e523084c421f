import type { Transaction } from "#db/connect.ts";
import { findFactors, holdAccount } from "#db/factors.ts";
import { holdWord, type IssuerId } from "#db/issuers.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { SignInWay } from "../audit-actions.ts";
import type { Context } from "../context.ts";
import { openTicket } from "../tickets.ts";
import type { Device } from "../open-session.ts";
import { openWebSession, type TokenPair } from "../tokens.ts";
import { transact } from "../transact.ts";
import { askForPasskey, type PasskeyQuestion } from "./passkey-proof.ts";

/** By what somebody shows once more who they are. */
export type Factor = "totp" | "passkey" | "recovery";

/** The way was right and is not enough: what is asked for besides. */
export interface SecondStep {
  ticket: string;
  factors: Factor[];
  /** What a passkey is asked, where there is one. */
  passkey: PasskeyQuestion | null;
  /** When the account ends, if its owner asked for that: whoever goes on keeps it. */
  endsAt: Date | null;
}

export type Begun = { tokens: TokenPair } | SecondStep;

/** Seconds in which a second step is finished. */
const SECOND_STEP_SECONDS = 5 * 60;

/**
 * The one end of every way of signing in. Where the account has a second step, neither a password nor the word of a provider
 * is enough: its owner asked for that step, whatever the provider has asked them. A passkey, which knows its user, is. Into an
 * account that is ending nobody comes without saying that they keep it. Refuses `account_inactive`, and `provider_failed` where the
 * word of that provider counts no more.
 */
export async function beginSession(
  ctx: Context,
  input: {
    personId: PersonId;
    device: Device;
    by: SignInWay;
    /** Whose word it is, where a provider names them. */
    issuerId?: IssuerId;
    /** What a password was found right by: if it was changed meanwhile, it is none any more. */
    passwordHash?: string;
  },
): Promise<Begun> {
  const { personId, by, issuerId, passwordHash } = input;
  return await transact(ctx, async (tx) => {
    const held = await hold(tx, personId);
    if (passwordHash !== undefined && held.passwordHash !== passwordHash) throw new Refusal("wrong_password");
    await checkWord(tx, { personId, issuerId });
    const more = await askForMore(ctx, tx, { personId, by, issuerId, endsAt: held.endsAt });
    return more ?? { tokens: await openWebSession(ctx, tx, input) };
  });
}

/** Keeps somebody from being suspended, and their password from being changed, until the transaction ends. */
export async function hold(
  tx: Transaction,
  personId: PersonId,
): Promise<{ passwordHash: string | null; endsAt: Date | null }> {
  const held = await holdAccount(tx, personId);
  if (held === null) throw new Refusal("account_inactive");
  return held;
}

/** Keeps an issuer from being changed or unlinked until the transaction ends, if somebody comes by its word. Refuses `provider_failed` where that is over. */
export async function checkWord(
  tx: Transaction,
  { personId, issuerId }: { personId: PersonId; issuerId: IssuerId | undefined },
): Promise<void> {
  if (issuerId !== undefined && !(await holdWord(tx, { personId, issuerId })))
    throw new Refusal("provider_failed");
}

/** By what somebody can show who they are besides a password. */
export async function readFactors(
  ctx: Context,
  personId: PersonId,
): Promise<Awaited<ReturnType<typeof findFactors>>> {
  return await findFactors(ctx.db, personId);
}

interface Beginning {
  personId: PersonId;
  by: SignInWay;
  issuerId: IssuerId | undefined;
  endsAt: Date | null;
}

/** What the ticket of a second step knows. */
export interface SecondStepData {
  challenge: string | null;
  /** Whether a factor is asked for; else only whether they keep the account. */
  asks: boolean;
  by: SignInWay;
  issuerId?: IssuerId | undefined;
}

async function askForMore(
  ctx: Context,
  tx: Transaction,
  { personId, by, issuerId, endsAt }: Beginning,
): Promise<SecondStep | null> {
  const { factors, passkeys } = await factorsFor(tx, { personId, by });
  if (factors.length === 0 && endsAt === null) return null;
  const passkey = passkeys.length === 0 ? null : await askForPasskey(ctx, passkeys);
  const data: SecondStepData = {
    challenge: passkey?.challenge ?? null,
    asks: factors.length > 0,
    by,
    issuerId,
  };
  const ticket = await openTicket(ctx, tx, {
    purpose: "second-factor",
    seconds: SECOND_STEP_SECONDS,
    personId,
    data,
  });
  return { ticket, factors, passkey, endsAt };
}

/** What is asked for besides a password and the word of a provider; a passkey is enough. */
async function factorsFor(tx: Transaction, { personId, by }: Pick<Beginning, "personId" | "by">) {
  if (by === "passkey") return { factors: [], passkeys: [] };
  const { totp, codesLeft, passkeys } = await findFactors(tx, personId);
  if (!totp && passkeys.length === 0) return { factors: [], passkeys };
  const factors: Factor[] = [
    ...(totp ? ["totp" as const] : []),
    ...(passkeys.length > 0 ? ["passkey" as const] : []),
    ...(codesLeft > 0 ? ["recovery" as const] : []),
  ];
  return { factors, passkeys };
}

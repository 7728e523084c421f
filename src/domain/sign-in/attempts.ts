import { customerOf } from "#lib/client-address.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { countOne, type LimitName } from "../limits.ts";
import type { Proof } from "./prove.ts";

/**
 * Counts a code that is tried, right or wrong. Nobody guesses an answer of a passkey, and a recovery code is counted by where
 * it comes from alone: so whoever tries codes from many places keeps the owner from neither. What is tried in a session does
 * not count where somebody signs in. Refuses `too_many_codes`.
 */
export async function countTry(ctx: Context, { personId, proof, door, address }: Try): Promise<void> {
  if ("passkey" in proof) return;
  if (address !== null) await count(ctx, "codePair", `${door} ${personId} ${customerOf(address)}`);
  if ("totp" in proof) await count(ctx, "code", `${door} ${personId}`);
}

interface Try {
  personId: PersonId;
  proof: Proof;
  door: "sign-in" | "confirm";
  /** Null in a session, which says by itself who comes. */
  address: string | null;
}

async function count(ctx: Context, name: LimitName, key: string): Promise<void> {
  const retryAfter = await countOne(ctx, name, key);
  if (retryAfter !== undefined) throw new Refusal("too_many_codes", { retryAfter });
}

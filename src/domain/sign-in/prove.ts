import type { Transaction } from "#db/connect.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { type PasskeyAnswer, provePasskey } from "./passkey-proof.ts";
import { proveRecovery } from "./recovery.ts";
import { proveTotp } from "./totp.ts";

/** What somebody shows besides a password. */
export type Proof = { totp: string } | { recovery: string } | { passkey: PasskeyAnswer };

/** Whether this shows that somebody is who they say; a code, and a passkey's answer, count once. */
export async function prove(
  ctx: Context,
  tx: Transaction,
  input: { personId: PersonId; proof: Proof; challenge: string | null; address: string | null },
): Promise<boolean> {
  const { personId, proof, challenge, address } = input;
  if ("totp" in proof) return await proveTotp(ctx, tx, { personId, code: proof.totp });
  if ("recovery" in proof)
    return await proveRecovery(ctx, tx, { personId, code: proof.recovery, address: address ?? undefined });
  if (challenge === null) return false;
  return (await provePasskey(ctx, tx, { answer: proof.passkey, challenge })) === personId;
}

/** What is said to whoever showed something wrong. */
export function notProven(proof: Proof): Refusal {
  if ("passkey" in proof) return new Refusal("wrong_passkey", { field: "passkey" });
  return new Refusal("wrong_code", { field: "totp" in proof ? "totp" : "recovery" });
}

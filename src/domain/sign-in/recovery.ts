import { hash, randomInt } from "node:crypto";
import type { Transaction } from "#db/connect.ts";
import { findFactors, replaceCodes, useCode } from "#db/factors.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";

const CODES = 10;
/** Letters and digits that nobody takes for one another (RFC 4648 base 32). */
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** In groups: 80 bits, more than anybody tries who has stolen the hashes. */
const GROUPS = 4;
const GROUP = 4;

interface Owner {
  personId: PersonId;
  address?: string | undefined;
}

/** New codes in place of the older ones; they are shown this once. Refuses `not_found` to whoever has nothing that they stand in for. */
export async function makeRecoveryCodes(ctx: Context, owner: Owner): Promise<string[]> {
  return await transact(ctx, async (tx) => {
    const { totp, passkeys } = await findFactors(tx, owner.personId);
    if (!totp && passkeys.length === 0) throw new Refusal("not_found");
    return await makeCodes(ctx, tx, owner);
  });
}

/** Codes for whoever has just got their first factor; null where some are left. */
export async function codesForFirst(ctx: Context, tx: Transaction, owner: Owner): Promise<string[] | null> {
  const { codesLeft } = await findFactors(tx, owner.personId);
  return codesLeft > 0 ? null : await makeCodes(ctx, tx, owner);
}

/** Without a factor there is nothing that codes could stand in for. */
export async function dropCodesAfterLast(tx: Transaction, personId: PersonId): Promise<void> {
  const { totp, passkeys } = await findFactors(tx, personId);
  if (!totp && passkeys.length === 0) await replaceCodes(tx, personId, []);
}

/** Whether a code is one of somebody's, and uses it up. */
export async function proveRecovery(
  ctx: Context,
  tx: Transaction,
  { personId, code, address }: Owner & { code: string },
): Promise<boolean> {
  if (!(await useCode(tx, { personId, hash: digestOf(code), at: ctx.now() }))) return false;
  await audit(ctx, tx, { action: "recovery-code.used", actorId: personId, personId, details: {}, address });
  return true;
}

async function makeCodes(ctx: Context, tx: Transaction, { personId, address }: Owner): Promise<string[]> {
  const codes = Array.from({ length: CODES }, makeCode);
  await replaceCodes(tx, personId, codes.map(digestOf));
  await audit(ctx, tx, { action: "recovery-codes.made", actorId: personId, personId, details: {}, address });
  return codes;
}

function makeCode(): string {
  const letter = (): string => LETTERS.charAt(randomInt(LETTERS.length));
  const group = (): string => Array.from({ length: GROUP }, letter).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** What is kept of a code, however it is typed. */
function digestOf(code: string): Uint8Array {
  return new Uint8Array(hash("sha256", code.toLowerCase().replaceAll(/[^a-z2-7]/g, ""), "buffer"));
}

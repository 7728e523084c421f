import { randomBytes } from "node:crypto";
import type { Transaction } from "#db/connect.ts";
import {
  findCodes,
  insertCode,
  revokeCodeRow,
  type SignUpCodeId,
  type SignUpCodeRow,
  useCode,
} from "#db/sign-up.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { requirePermission } from "../roles.ts";
import { transact } from "../transact.ts";

export type SignUpCode = SignUpCodeRow;
export type { SignUpCodeId };

export interface CreateCode {
  /** Null for the command line. */
  by: PersonId | null;
  /** Null for as many as like. */
  uses: number | null;
  expiresAt: Date | null;
  note: string;
  address?: string | undefined;
}

/** Makes a code with which people can make themselves an account. Refuses `not_permitted`, and a moment that is over. */
export async function createCode(ctx: Context, input: CreateCode): Promise<SignUpCode> {
  const { by, uses, expiresAt, note, address } = input;
  if (by !== null) await requirePermission(ctx, by, "invite");
  const createdAt = ctx.now();
  if (expiresAt !== null && expiresAt <= createdAt) throw new Refusal("in_the_past", { field: "expiresAt" });
  const id = newId<"sign-up-code">();
  const code = randomBytes(16).toString("base64url");
  return await transact(ctx, async (tx) => {
    await audit(ctx, tx, { action: "code.made", actorId: by, details: { codeId: id, uses }, address });
    return await insertCode(tx, { id, code, uses, expiresAt, note, createdBy: by, createdAt });
  });
}

/** All codes, newest first, by pages. Refuses `not_permitted`. */
export async function listCodes(
  ctx: Context,
  { by, ...page }: { by: PersonId | null; before: SignUpCodeId | null; limit: number },
): Promise<SignUpCode[]> {
  if (by !== null) await requirePermission(ctx, by, "invite");
  return await findCodes(ctx.db, page);
}

/** Takes a code back; who came in by it stays. Refuses `not_permitted`, and one that does not hold. */
export async function revokeCode(
  ctx: Context,
  { by, id, address }: { by: PersonId | null; id: SignUpCodeId; address?: string },
): Promise<void> {
  if (by !== null) await requirePermission(ctx, by, "invite");
  await transact(ctx, async (tx) => {
    if (!(await revokeCodeRow(tx, id, ctx.now()))) throw new Refusal("not_found");
    await audit(ctx, tx, { action: "code.revoked", actorId: by, details: { codeId: id }, address });
  });
}

/** Uses a code up once. Refuses `sign_up_code_invalid`, whatever is wrong with it. */
export async function takeCode(ctx: Context, tx: Transaction, code: string): Promise<void> {
  if ((await useCode(tx, { code, now: ctx.now() })) === null)
    throw new Refusal("sign_up_code_invalid", { field: "code" });
}

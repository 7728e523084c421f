import { and, asc, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { isActiveLocal } from "./people.ts";
import { account, passkey, recoveryCode, totp } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

export type PasskeyRow = typeof passkey.$inferSelect;
export type TotpRow = typeof totp.$inferSelect;

/**
 * Somebody who may sign in, what their password is kept as and when they end, while nobody suspends them or changes it: whoever does
 * waits until the transaction ends. Null for whoever may not.
 */
export async function holdAccount(
  tx: Transaction,
  personId: PersonId,
): Promise<{ passwordHash: string | null; endsAt: Date | null } | null> {
  const people = await tx
    .select({ id: person.id })
    .from(person)
    .where(and(isActiveLocal, eq(person.id, personId)))
    .for("share");
  if (people.length === 0) return null;
  const accounts = await tx
    .select({ passwordHash: account.passwordHash, endsAt: account.endsAt })
    .from(account)
    .where(eq(account.personId, personId))
    .for("share");
  return accounts[0] ?? { passwordHash: null, endsAt: null };
}

/** By what somebody can show who they are besides a password. */
export async function findFactors(
  q: Queryable,
  personId: PersonId,
): Promise<{ totp: boolean; codesLeft: number; passkeys: PasskeyRow[] }> {
  const [found, codes, passkeys] = await Promise.all([
    findTotp(q, personId),
    q
      .select({ left: sql<number>`count(*)::int` })
      .from(recoveryCode)
      .where(and(eq(recoveryCode.personId, personId), isNull(recoveryCode.usedAt))),
    findPasskeys(q, personId),
  ]);
  return { totp: found?.confirmedAt != null, codesLeft: codes[0]?.left ?? 0, passkeys };
}

export async function findTotp(q: Queryable, personId: PersonId): Promise<TotpRow | null> {
  const rows = await q.select().from(totp).where(eq(totp.personId, personId));
  return rows[0] ?? null;
}

/** Keeps a secret that no code has confirmed yet, in place of another such one; false where a confirmed one is. */
export async function putTotp(
  q: Queryable,
  row: { personId: PersonId; secret: Uint8Array },
): Promise<boolean> {
  const rows = await q
    .insert(totp)
    .values(row)
    .onConflictDoUpdate({
      target: totp.personId,
      set: { secret: row.secret },
      setWhere: isNull(totp.confirmedAt),
    })
    .returning({ personId: totp.personId });
  return rows.length === 1;
}

/** Confirms the secret that is kept, if it is still this one and was not confirmed yet; the code that showed it is used up. */
export async function confirmTotpRow(
  q: Queryable,
  row: { personId: PersonId; secret: Uint8Array; at: Date; lastStep: number },
): Promise<boolean> {
  const { personId, secret, at, lastStep } = row;
  const rows = await q
    .update(totp)
    .set({ confirmedAt: at, lastStep })
    .where(and(eq(totp.personId, personId), eq(totp.secret, secret), isNull(totp.confirmedAt)))
    .returning({ personId: totp.personId });
  return rows.length === 1;
}

/** Uses up a step of time and all before it; of two who bring the same one, one gets it. */
export async function useStep(q: Queryable, personId: PersonId, step: number): Promise<boolean> {
  const rows = await q
    .update(totp)
    .set({ lastStep: step })
    .where(and(eq(totp.personId, personId), lt(totp.lastStep, step)))
    .returning({ personId: totp.personId });
  return rows.length === 1;
}

export async function deleteTotp(q: Queryable, personId: PersonId): Promise<boolean> {
  const rows = await q
    .delete(totp)
    .where(eq(totp.personId, personId))
    .returning({ confirmedAt: totp.confirmedAt });
  return rows[0]?.confirmedAt != null;
}

/** New codes in place of all older ones. */
export async function replaceCodes(tx: Transaction, personId: PersonId, hashes: Uint8Array[]): Promise<void> {
  await tx.delete(recoveryCode).where(eq(recoveryCode.personId, personId));
  if (hashes.length > 0) await tx.insert(recoveryCode).values(hashes.map((hash) => ({ personId, hash })));
}

/** Uses a code up: once. */
export async function useCode(
  q: Queryable,
  code: { personId: PersonId; hash: Uint8Array; at: Date },
): Promise<boolean> {
  const { personId, hash, at } = code;
  const rows = await q
    .update(recoveryCode)
    .set({ usedAt: at })
    .where(and(eq(recoveryCode.personId, personId), eq(recoveryCode.hash, hash), isNull(recoveryCode.usedAt)))
    .returning({ personId: recoveryCode.personId });
  return rows.length === 1;
}

/** Oldest first. */
export async function findPasskeys(q: Queryable, personId: PersonId): Promise<PasskeyRow[]> {
  const rows = q.select().from(passkey).where(eq(passkey.personId, personId));
  return await rows.orderBy(asc(passkey.createdAt), asc(passkey.id));
}

export async function findPasskey(q: Queryable, id: string): Promise<PasskeyRow | null> {
  const rows = await q.select().from(passkey).where(eq(passkey.id, id));
  return rows[0] ?? null;
}

/** False when somebody has this one already. */
export async function insertPasskey(q: Queryable, row: typeof passkey.$inferInsert): Promise<boolean> {
  const rows = await q.insert(passkey).values(row).onConflictDoNothing().returning({ id: passkey.id });
  return rows.length === 1;
}

/** Notes a use; false when its counter was used already, which tells of a copy. */
export async function usePasskey(
  q: Queryable,
  used: { id: string; signCount: number; backedUp: boolean; at: Date },
): Promise<boolean> {
  const { id, signCount, backedUp, at } = used;
  const countsNothing = signCount === 0 ? eq(passkey.signCount, 0) : undefined;
  const rows = await q
    .update(passkey)
    .set({ signCount, backedUp, usedAt: at })
    .where(and(eq(passkey.id, id), or(lt(passkey.signCount, signCount), countsNothing)))
    .returning({ id: passkey.id });
  return rows.length === 1;
}

export async function renamePasskeyRow(
  q: Queryable,
  { personId, id, name }: { personId: PersonId; id: string; name: string },
): Promise<PasskeyRow | null> {
  const rows = await q
    .update(passkey)
    .set({ name })
    .where(and(eq(passkey.personId, personId), eq(passkey.id, id)))
    .returning();
  return rows[0] ?? null;
}

export async function deletePasskey(
  q: Queryable,
  { personId, id }: { personId: PersonId; id: string },
): Promise<boolean> {
  const rows = await q
    .delete(passkey)
    .where(and(eq(passkey.personId, personId), eq(passkey.id, id)))
    .returning({ id: passkey.id });
  return rows.length === 1;
}

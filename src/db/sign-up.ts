import { and, asc, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { Id } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { signUpCode, signUpRequest } from "./schema/accounts.ts";

export type SignUpCodeId = Id<"sign-up-code">;
export type SignUpRequestId = Id<"sign-up-request">;
export type SignUpCodeRow = typeof signUpCode.$inferSelect;
export type SignUpRequestRow = typeof signUpRequest.$inferSelect;

export async function insertCode(q: Queryable, row: typeof signUpCode.$inferInsert): Promise<SignUpCodeRow> {
  const rows = await q.insert(signUpCode).values(row).returning();
  return rows[0]!;
}

/** Newest first, from the one after `before` on. */
export async function findCodes(
  q: Queryable,
  { before, limit }: { before: SignUpCodeId | null; limit: number },
): Promise<SignUpCodeRow[]> {
  const older = before === null ? undefined : lt(signUpCode.id, before);
  return await q.select().from(signUpCode).where(older).orderBy(desc(signUpCode.id)).limit(limit);
}

/** Uses a code once, while it holds; of two who use it for the last time, the second waits and gets none. */
export async function useCode(
  q: Queryable,
  { code, now }: { code: string; now: Date },
): Promise<SignUpCodeId | null> {
  const inTime = or(isNull(signUpCode.expiresAt), gt(signUpCode.expiresAt, now));
  const isLeft = or(isNull(signUpCode.uses), lt(signUpCode.used, signUpCode.uses));
  const rows = await q
    .update(signUpCode)
    .set({ used: sql`${signUpCode.used} + 1` })
    .where(and(eq(signUpCode.code, code), isNull(signUpCode.revokedAt), inTime, isLeft))
    .returning({ id: signUpCode.id });
  return rows[0]?.id ?? null;
}

/** Takes a code back; false when there is none or it was taken back before. */
export async function revokeCodeRow(q: Queryable, id: SignUpCodeId, at: Date): Promise<boolean> {
  const isOpen = and(eq(signUpCode.id, id), isNull(signUpCode.revokedAt));
  const rows = await q
    .update(signUpCode)
    .set({ revokedAt: at })
    .where(isOpen)
    .returning({ id: signUpCode.id });
  return rows.length === 1;
}

/** False when somebody waits for the same handle. */
export async function insertRequest(q: Queryable, row: typeof signUpRequest.$inferInsert): Promise<boolean> {
  const rows = await q
    .insert(signUpRequest)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: signUpRequest.id });
  return rows.length === 1;
}

/** Oldest first, from the one after `after` on. */
export async function findRequests(
  q: Queryable,
  { after, limit }: { after: SignUpRequestId | null; limit: number },
): Promise<SignUpRequestRow[]> {
  const newer = after === null ? undefined : gt(signUpRequest.id, after);
  return await q.select().from(signUpRequest).where(newer).orderBy(asc(signUpRequest.id)).limit(limit);
}

export async function findRequestByHandle(q: Queryable, handle: string): Promise<SignUpRequestRow | null> {
  const rows = await q.select().from(signUpRequest).where(eq(signUpRequest.handle, handle));
  return rows[0] ?? null;
}

/** Takes a request out: of two who decide about it at once, one gets it. */
export async function deleteRequest(q: Queryable, id: SignUpRequestId): Promise<SignUpRequestRow | null> {
  const rows = await q.delete(signUpRequest).where(eq(signUpRequest.id, id)).returning();
  return rows[0] ?? null;
}

export async function deleteOldRequests(q: Queryable, before: Date): Promise<void> {
  await q.delete(signUpRequest).where(lt(signUpRequest.createdAt, before));
}

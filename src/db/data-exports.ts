import { and, asc, desc, eq, gt, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import type { ConversationId, Id, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { reader } from "./schema/conversations.ts";
import { dataExport, exportChunk } from "./schema/endings.ts";
import { message } from "./schema/messages.ts";
import { signingKey } from "./schema/people.ts";

export type DataExportId = Id<"data-export">;
export type DataExportRow = typeof dataExport.$inferSelect;

/** Somebody's files, newest first. */
export async function findExports(q: Queryable, personId: PersonId): Promise<DataExportRow[]> {
  return await q
    .select()
    .from(dataExport)
    .where(eq(dataExport.personId, personId))
    .orderBy(desc(dataExport.createdAt));
}

export async function insertExport(q: Queryable, row: typeof dataExport.$inferInsert): Promise<void> {
  await q.insert(dataExport).values(row);
}

/** Forgets somebody's files, with their bytes. */
export async function deleteExports(tx: Transaction, personId: PersonId): Promise<void> {
  await tx.delete(dataExport).where(eq(dataExport.personId, personId));
}

/** Forgets files whose time has come, with their bytes. */
export async function deleteExpiredExports(q: Queryable, now: Date): Promise<void> {
  await q.delete(dataExport).where(lte(dataExport.expiresAt, now));
}

/** Who is at a file, which attempt it is, and until when nobody else begins it anew. */
export interface Run {
  run: string;
  leaseUntil: Date;
}

/** Takes the oldest file that waits and that nobody is making. What an attempt before left of it is gone. */
export async function claimExport(
  q: Queryable,
  { run, leaseUntil, now }: Run & { now: Date },
): Promise<DataExportRow | null> {
  const free = q
    .select({ id: dataExport.id })
    .from(dataExport)
    .where(
      and(
        eq(dataExport.state, "waiting"),
        or(isNull(dataExport.leaseUntil), lte(dataExport.leaseUntil, now)),
      ),
    )
    .orderBy(asc(dataExport.createdAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const rows = await q
    .update(dataExport)
    .set({ run, leaseUntil, attempts: sql`${dataExport.attempts} + 1` })
    .where(eq(dataExport.id, sql`(${free})`))
    .returning();
  const [row] = rows;
  if (row === undefined) return null;
  await q.delete(exportChunk).where(eq(exportChunk.exportId, row.id));
  return row;
}

/** Adds the next bytes to a file; false where the attempt counts no more. */
export async function addChunk(
  q: Queryable,
  { id, number, bytes, run, leaseUntil }: Run & { id: DataExportId; number: number; bytes: Uint8Array },
): Promise<boolean> {
  const { count } = await q.execute(sql`
    with mine as (
      update data_export set lease_until = ${leaseUntil.toISOString()} where id = ${id} and run = ${run} returning id
    )
    insert into export_chunk (export_id, number, bytes)
    select id, ${number}::int, ${Buffer.from(bytes)} from mine`);
  return count === 1;
}

/** Says what became of an attempt; nothing where it counts no more. */
export async function settleExport(
  q: Queryable,
  {
    id,
    run,
    ...set
  }: { id: DataExportId; run: string } & Partial<
    Pick<DataExportRow, "state" | "size" | "expiresAt" | "leaseUntil">
  >,
): Promise<void> {
  await q
    .update(dataExport)
    .set({ ...set, run: null })
    .where(and(eq(dataExport.id, id), eq(dataExport.run, run)));
}

/** The bytes of a file that stand under a number. */
export async function findChunk(q: Queryable, id: DataExportId, number: number): Promise<Uint8Array | null> {
  const rows = await q
    .select({ bytes: exportChunk.bytes })
    .from(exportChunk)
    .where(and(eq(exportChunk.exportId, id), eq(exportChunk.number, number)));
  return rows[0]?.bytes ?? null;
}

/** A page of the conversations that somebody may read. */
export async function findReadable(
  q: Queryable,
  { personId, after, limit }: { personId: PersonId; after: ConversationId | null; limit: number },
): Promise<ConversationId[]> {
  const rows = await q
    .select({ id: reader.conversationId })
    .from(reader)
    .where(and(eq(reader.personId, personId), after === null ? undefined : gt(reader.conversationId, after)))
    .orderBy(asc(reader.conversationId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The public halves of somebody's keys. */
export async function findPublicKeys(q: Queryable, personId: PersonId) {
  return await q
    .select({ algorithm: signingKey.algorithm, publicKey: signingKey.publicKey })
    .from(signingKey)
    .where(eq(signingKey.personId, personId));
}

export type SaidRow = Awaited<ReturnType<typeof findSaid>>[number];

/** A page of what somebody said and did not take back, wherever it was, whether or not they may still read there. */
export async function findSaid(
  q: Queryable,
  { personId, after, limit }: { personId: PersonId; after: MessageId | null; limit: number },
) {
  const { id, conversationId, sentAt, editedAt, text } = message;
  return await q
    .select({ id, conversationId, sentAt, editedAt, text })
    .from(message)
    .where(
      and(
        eq(message.authorId, personId),
        isNotNull(text),
        isNull(message.notice),
        after === null ? undefined : gt(id, after),
      ),
    )
    .orderBy(asc(id))
    .limit(limit);
}

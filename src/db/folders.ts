import { and, asc, eq, gt, inArray, isNull, max, sql } from "drizzle-orm";
import type { FolderId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import type { Since } from "./people.ts";
import { folder } from "./schema/lists.ts";

export type FolderRow = typeof folder.$inferSelect;

const isTheirs = (personId: PersonId) => and(eq(folder.personId, personId), isNull(folder.deletedAt));

/** Somebody's folders, in their order. */
export async function findFolders(q: Queryable, personId: PersonId): Promise<FolderRow[]> {
  return await q.select().from(folder).where(isTheirs(personId)).orderBy(asc(folder.rank), asc(folder.id));
}

/** How many of these are somebody's folders. */
export async function countFolders(q: Queryable, personId: PersonId, ids: readonly FolderId[]) {
  return await q.$count(folder, and(isTheirs(personId), inArray(folder.id, [...ids])));
}

/** The number of the last change of somebody's folders, if it is after `after`; what was deleted counts. */
export async function findFoldersSince(q: Queryable, personId: PersonId, { after }: Since) {
  const rows = await q
    .select({ number: max(folder.number) })
    .from(folder)
    .where(and(eq(folder.personId, personId), gt(folder.number, after)));
  return rows.flatMap(({ number }) => (number === null ? [] : { number }));
}

export async function insertFolder(tx: Transaction, row: typeof folder.$inferInsert): Promise<void> {
  await tx.insert(folder).values(row);
}

/** Gives a folder another name, or takes it away. */
export async function updateFolder(
  tx: Transaction,
  id: FolderId,
  set: Pick<FolderRow, "number"> & Partial<Pick<FolderRow, "name" | "deletedAt">>,
): Promise<void> {
  await tx.update(folder).set(set).where(eq(folder.id, id));
}

/** Puts folders into this order. */
export async function rankFolders(tx: Transaction, ids: readonly FolderId[]): Promise<void> {
  const rank = sql`array_position(${sql.param([...ids])}::uuid[], ${folder.id}) - 1`;
  await tx
    .update(folder)
    .set({ rank })
    .where(inArray(folder.id, [...ids]));
}

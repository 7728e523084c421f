import {
  deleteExports,
  findChunk,
  findExports,
  insertExport,
  type DataExportId,
  type DataExportRow,
} from "#db/data-exports.ts";
import { lockPeople } from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";

export type { DataExportId, DataExportRow };

/** Another one is made a day after the last at the earliest (milliseconds). */
const PAUSE_MS = 24 * 3600 * 1000;

/**
 * Lets a file be made with all that is somebody's; what they had before is gone. One at a time, and one a day: refuses
 * `export_pending`.
 */
export async function beginExport(
  ctx: Context,
  { personId, address }: { personId: PersonId; address: string },
): Promise<DataExportRow> {
  return await transact(ctx, async (tx) => {
    await lockPeople(tx, [personId]);
    const now = ctx.now();
    const isLate = ({ createdAt, state }: DataExportRow): boolean =>
      state === "failed" || (state === "ready" && now.getTime() - createdAt.getTime() >= PAUSE_MS);
    if (!(await findExports(tx, personId)).every(isLate)) throw new Refusal("export_pending");
    await deleteExports(tx, personId);
    const exportId = newId<"data-export">();
    await insertExport(tx, { id: exportId, personId, state: "waiting", createdAt: now });
    const by = { actorId: personId, personId, address };
    await audit(ctx, tx, { action: "export.began", details: { exportId }, ...by });
    return (await findExports(tx, personId))[0]!;
  });
}

/** Somebody's files, newest first. */
export async function listExports(ctx: Context, personId: PersonId): Promise<DataExportRow[]> {
  return await findExports(ctx.db, personId);
}

/** The bytes of one's own file, piece by piece as they are wanted. Refuses `not_found` whatever is not ready, or not one's own. */
export async function readExport(
  ctx: Context,
  { personId, id }: { personId: PersonId; id: DataExportId },
): Promise<{ row: DataExportRow; bytes: AsyncGenerator<Uint8Array, void> }> {
  const row = (await findExports(ctx.db, personId)).find((each) => each.id === id);
  const isThere = row?.state === "ready" && row.expiresAt !== null && row.expiresAt > ctx.now();
  if (row === undefined || !isThere) throw new Refusal("not_found");
  return { row, bytes: readChunks(ctx, id) };
}

async function* readChunks(ctx: Context, id: DataExportId): AsyncGenerator<Uint8Array, void> {
  for (let number = 0; ; number += 1) {
    const bytes = await findChunk(ctx.db, id, number);
    if (bytes === null) return;
    yield bytes;
  }
}

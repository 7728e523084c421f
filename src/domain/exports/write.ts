import {
  addChunk,
  claimExport,
  deleteExpiredExports,
  settleExport,
  type DataExportRow,
} from "#db/data-exports.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";

/** Bytes that are kept as one row. */
const CHUNK = 1024 * 1024;
/** Whoever writes nothing for so long is taken for dead (milliseconds). */
const LEASE_MS = 5 * 60_000;
/** For so long a file can be fetched (milliseconds): it holds what others may take back, or take along with their accounts. */
const KEPT_MS = 24 * 3600 * 1000;
/** Attempts, however they ended, after which a file is given up. */
const ATTEMPTS = 5;

/** Makes the bytes of a file with all that is somebody's, as they are read. */
export type MakeArchive = (ctx: Context, personId: PersonId) => AsyncIterable<Uint8Array>;

/** Forgets the files whose time has come, and makes those that wait, one after the other; never more of one in memory than a piece. */
export async function workOffExports(ctx: Context, make: MakeArchive): Promise<void> {
  await deleteExpiredExports(ctx.db, ctx.now());
  for (;;) {
    const run = crypto.randomUUID();
    const row = await claimExport(ctx.db, { run, leaseUntil: leaseFrom(ctx), now: ctx.now() });
    if (row === null) return;
    if (row.attempts > ATTEMPTS) await settleExport(ctx.db, { id: row.id, run, state: "failed" });
    else await write(ctx, { row, run }, make(ctx, row.personId));
  }
}

async function write(
  ctx: Context,
  { row: { id }, run }: { row: DataExportRow; run: string },
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  let [number, size] = [0, 0];
  for await (const bytes of inChunks(pieces)) {
    await ctx.failpoint("in-job");
    if (!(await addChunk(ctx.db, { id, number, bytes, run, leaseUntil: leaseFrom(ctx) }))) return;
    number += 1;
    size += bytes.byteLength;
  }
  const expiresAt = new Date(ctx.now().getTime() + KEPT_MS);
  await settleExport(ctx.db, { id, run, state: "ready", size, expiresAt, leaseUntil: null });
}

function leaseFrom(ctx: Context): Date {
  return new Date(ctx.now().getTime() + LEASE_MS);
}

async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.byteLength;
    if (length < CHUNK) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}

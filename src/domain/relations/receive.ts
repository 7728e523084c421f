import { insertReceived, lockUri } from "#db/inbound.ts";
import { findRelation, findRelationByUri, lockShared, upsertRelation } from "#db/relations.ts";
import type { Context } from "../context.ts";
import type { ReceivedActivity } from "../receive.ts";
import { transact } from "../transact.ts";
import { nothingBetween, type Pair } from "./change.ts";

/** Notes that somebody of another server blocks one of ours. The very same bytes again are a repetition. */
export async function receiveBlock(
  ctx: Context,
  { activity, ...pair }: Pair & { activity: ReceivedActivity },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const { uri, digest } = activity;
    await lockUri(tx, uri);
    await lockShared(tx, pair.personId, pair.otherId);
    // Some servers give every block of one person by another the same id.
    if (!(await insertReceived(tx, { uri: `${digest} ${uri}`, digest, receivedAt: ctx.now() }))) return;
    const before = (await findRelation(tx, pair.personId, pair.otherId)) ?? nothingBetween(pair);
    await upsertRelation(tx, { ...before, block: "open", blockUri: uri });
  });
}

/** Takes back a block of another server by the id of its activity; answers false when it is none that its actor made. */
export async function undoBlock(
  ctx: Context,
  { activity, uri, personId }: { activity: ReceivedActivity; uri: string; personId: Pair["personId"] },
): Promise<boolean> {
  return await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const known = await findRelationByUri(tx, personId, uri);
    if (known === null) return false;
    if (known.block === null) return true;
    await lockShared(tx, personId, known.otherId);
    const { digest } = activity;
    const repetition = { uri: `${digest} ${activity.uri}`, digest, receivedAt: ctx.now() };
    if (await insertReceived(tx, repetition)) await upsertRelation(tx, { ...known, block: null });
    return true;
  });
}

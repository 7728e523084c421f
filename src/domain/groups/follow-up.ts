import {
  findEntry,
  hasten,
  leaseMissing,
  leaseReplicas,
  postponeMissing,
  scheduleReplica,
  settleEntry,
  type LogEntryRow,
} from "#db/log.ts";
import { findRoom } from "#db/rooms.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { PersonRow } from "../people.ts";
import { transact } from "../transact.ts";

/** Whoever takes something and dies leaves it to others after this time (milliseconds). */
const LEASE_MS = 60_000;
const AT_ONCE = 10;
/** A server that has nothing new is asked ever less (milliseconds). */
const ASK_MS = 60_000;
const ASK_LONGEST_MS = 24 * 3600_000;
/** What cannot be had from its origin is tried ever less (milliseconds), and for this long. */
const FETCH_MS = 15_000;
const FETCH_LONGEST_MS = 6 * 3600_000;
const FETCH_END_MS = 3 * 24 * 3600_000;

/** Something of a log that did not come from its author. */
export type Missing = Pick<LogEntryRow, "conversationId" | "seq" | "digest" | "attempts" | "createdAt"> & {
  uri: string;
};

/** Takes groups elsewhere whose servers are to be asked. */
export async function takeDueReplicas(ctx: Context) {
  return await leaseReplicas(ctx.db, { ...leaseOf(ctx), limit: AT_ONCE });
}

/** Takes what is to be fetched from authors' servers. */
export async function takeMissing(ctx: Context): Promise<Missing[]> {
  const rows = await leaseMissing(ctx.db, { ...leaseOf(ctx), limit: AT_ONCE });
  return rows.flatMap(({ uri, ...row }) => (uri === null ? [] : [{ ...row, uri }]));
}

function leaseOf(ctx: Context): { now: Date; until: Date } {
  const now = ctx.now();
  return { now, until: new Date(now.getTime() + LEASE_MS) };
}

/** Lets every server be asked soon: this one was away, and may have missed something. */
export async function hastenReplicas(ctx: Context): Promise<void> {
  await hasten(ctx.db, ctx.now());
}

/** Where the log of a group is had, and how far it is taken here; null for one that is not followed. */
export async function followedRoom(
  ctx: Context,
  id: ConversationId,
): Promise<{ room: string; keeper: PersonRow; after: number } | null> {
  const room = await findRoom(ctx.db, id);
  return room?.uri == null ? null : { room: room.uri, keeper: room.keeper, after: room.logSeq };
}

/** A server had nothing new, or did not answer. */
export async function postponeReplica(
  ctx: Context,
  { conversationId, attempts }: { conversationId: ConversationId; attempts: number },
): Promise<void> {
  const pause = Math.min(ASK_MS * 2 ** Math.min(attempts, 20), ASK_LONGEST_MS);
  const nextAskAt = new Date(ctx.now().getTime() + pause);
  await scheduleReplica(ctx.db, { conversationId, attempts, nextAskAt });
}

/** Writes what became of a fetch: it was taken, it is not for anybody here, or it is tried again, for three days. */
export async function settleMissing(
  ctx: Context,
  missing: Missing,
  outcome: "taken" | "withheld" | "later",
): Promise<void> {
  const isOver = ctx.now().getTime() - missing.createdAt.getTime() > FETCH_END_MS;
  if (outcome === "later" && !isOver) {
    const pause = Math.min(FETCH_MS * 2 ** Math.min(missing.attempts, 20), FETCH_LONGEST_MS);
    return await postponeMissing(ctx.db, missing, new Date(ctx.now().getTime() + pause));
  }
  await transact(ctx, async (tx) => {
    const entry = await findEntry(tx, missing);
    // What was taken has found its number by itself; what did not is nobody's here.
    if (entry?.state === "missing") await settleEntry(tx, entry, { state: "withheld" });
  });
}

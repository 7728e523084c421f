import { findEntry, leaseMissing, postponeMissing, settleEntry, type LogEntryRow } from "#db/log.ts";
import { findAgreed, findReplicaWithout, hasten, leaseReplicas, scheduleReplica } from "#db/replicas.ts";
import { findRoom } from "#db/rooms.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
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

/** Where the log of a group is had, and how far it is taken here. */
export interface Followed {
  room: string;
  keeper: PersonRow;
  after: number;
}

/** Null for a group that is not followed. */
export async function followedRoom(ctx: Context, id: ConversationId): Promise<Followed | null> {
  const room = await findRoom(ctx.db, id);
  return room?.uri == null ? null : { room: room.uri, keeper: room.keeper, after: room.logSeq };
}

export interface Naming {
  authorId: PersonId;
  recipientIds: readonly PersonId[];
  /** How the author's server calls the conversation. */
  rooms: readonly string[];
}

/**
 * A group of another server that somebody names who is not in it, as far as is known here: one that is followed, or one
 * into which a recipient agreed to come and which is not followed yet. Null for none.
 */
export async function findBehind(
  ctx: Context,
  { authorId, recipientIds, rooms }: Naming,
): Promise<(Followed & { isFollowed: boolean }) | null> {
  if (rooms.length === 0) return null;
  const id = await findReplicaWithout(ctx.db, { uris: rooms, personId: authorId });
  const followed = id === null ? null : await followedRoom(ctx, id);
  if (followed !== null) return { ...followed, isFollowed: true };
  const agreed = await findAgreed(ctx.db, { uris: rooms, people: recipientIds });
  return agreed === null ? null : { ...agreed, after: 0, isFollowed: false };
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

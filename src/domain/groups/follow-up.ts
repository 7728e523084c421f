import { findEntry, leaseMissing, postponeMissing, settleEntry, type LogEntryRow } from "#db/log.ts";
import { findAgreed, findReplicaWithout, hasten, leaseReplicas, scheduleReplica } from "#db/replicas.ts";
import { findRoom } from "#db/rooms.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { PersonRow } from "../people.ts";
import { transact } from "../transact.ts";

/** Whoever takes something and dies leaves it to others after this time (milliseconds). */
const LEASE_MS = 60_000;
const AT_ONCE = 20;
/** How much of one server is under way at once in this process, of its groups and of its messages. */
const PER_HOST = 2;
/** A server that has nothing new is asked ever less (milliseconds). */
const ASK_MS = 60_000;
const ASK_LONGEST_MS = 24 * 3600_000;
/** What cannot be had from its origin is tried ever less (milliseconds), and for this long. */
const FETCH_MS = 15_000;
const FETCH_LONGEST_MS = 6 * 3600_000;
const FETCH_END_MS = 3 * 24 * 3600_000;
/** After so long without it, the server that keeps the group is asked for its copy (milliseconds). */
const COPY_MS = 24 * 3600_000;

/** Something of a log that did not come from its author. */
export type Missing = Pick<LogEntryRow, "conversationId" | "seq" | "digest" | "attempts" | "createdAt"> & {
  uri: string;
};

/** How much is asked of some servers already, by their names. */
export type Busy = ReadonlyMap<string, number>;

/** Takes groups elsewhere whose servers are to be asked: few at once of each, so that a slow one holds up its own alone. */
export async function takeDueReplicas(ctx: Context, busy: Busy) {
  return await leaseReplicas(ctx.db, leaseOf(ctx, busy));
}

/** Takes what is to be fetched from authors' servers, few at once of each. */
export async function takeMissing(ctx: Context, busy: Busy): Promise<(Missing & { host: string })[]> {
  const rows = await leaseMissing(ctx.db, leaseOf(ctx, busy));
  return rows.flatMap(({ uri, ...row }) => (uri === null ? [] : [{ ...row, uri }]));
}

function leaseOf(ctx: Context, busy: Busy) {
  const now = ctx.now();
  const until = new Date(now.getTime() + LEASE_MS);
  return { now, until, busy, limit: AT_ONCE, perHost: PER_HOST };
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

/** Whether something lacks for so long that its origin may be gone. */
export function isLongMissing(ctx: Context, { createdAt }: Missing, ms: number = COPY_MS): boolean {
  return ctx.now().getTime() - createdAt.getTime() > ms;
}

/** What became of a fetch: it was taken, it is not for anybody here, or it is tried again, for three days. */
export type MissingOutcome = "taken" | "withheld" | "later";

/** Writes what became of a fetch. */
export async function settleMissing(ctx: Context, missing: Missing, outcome: MissingOutcome): Promise<void> {
  const isOver = isLongMissing(ctx, missing, FETCH_END_MS);
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

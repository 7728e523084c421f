import { findExpired, findExpiring } from "#db/burial.ts";
import { findParticipants, lockConversations } from "#db/conversations.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { bury } from "./bury.ts";

/** Conversations of one round, and messages of one transaction. */
const BATCH = 100;

/** When what is said now disappears; null when it stays. `seconds` is what its conversation says. */
export function expiryOf(at: Date, seconds: number | null): Date | null {
  return seconds === null ? null : new Date(at.getTime() + seconds * 1000);
}

/**
 * Deletes what has had its time, as its author would have: nothing of its words stays, and other servers are told of
 * what our people said. What is not worked off in one round is in the next. Answers how many messages went.
 */
export async function expireMessages(ctx: Context): Promise<number> {
  let count = 0;
  for (const id of await findExpiring(ctx.db, ctx.now(), BATCH)) {
    count += await transact(ctx, async (tx) => {
      const [conversation] = await lockConversations(tx, [id]);
      if (conversation === undefined) return 0;
      const [messages, members] = await Promise.all([
        findExpired(tx, id, { now: ctx.now(), limit: BATCH }),
        findParticipants(tx, [id]),
      ]);
      const people = members.map(({ person }) => person);
      return (await bury(ctx, tx, { conversation, people, messages })).length;
    });
  }
  return count;
}

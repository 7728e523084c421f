import { buryMessages } from "#db/burial.ts";
import { bumpConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { lockLanes } from "#db/lanes.ts";
import type { MessageRow } from "#db/messages.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { follow, nextSeq } from "../groups/log.ts";
import { tell } from "../tell.ts";

/** Messages of a locked conversation that shall be no more. */
export interface Burial {
  conversation: ConversationRow;
  /** Everybody in the conversation. */
  people: readonly Participant[];
  messages: readonly MessageRow[];
  /** Who deletes what others said; null when its author does, or its time has come. */
  by?: PersonId | null;
}

/** Deletes messages for everybody, each under the next revision of its conversation, and tells of it. */
export async function bury(
  ctx: Context,
  tx: Transaction,
  { conversation, people, messages, by = null }: Burial,
): Promise<MessageRow[]> {
  if (messages.length === 0) return [];
  await lockLanes(tx, [conversation.id]);
  const graves = messages.map(({ id }, index) => ({ id, revision: conversation.revision + 1 + index }));
  const revision = conversation.revision + messages.length;
  const seqs = messages.map(() => nextSeq(conversation));
  const [buried] = await Promise.all([
    buryMessages(tx, graves, { deletedAt: ctx.now(), deletedBy: by }),
    bumpConversations(tx, [{ ...conversation, revision, activityAt: null }]),
  ]);
  await tell(
    ctx,
    tx,
    buried.map((message) => ({ type: "Delete", message, people })),
  );
  const entries = buried.flatMap((message, index) => {
    const seq = seqs[index] ?? null;
    return seq === null ? [] : [{ seq, deed: "Delete" as const, message }];
  });
  await follow(ctx, tx, { conversation, people, entries });
  return buried;
}

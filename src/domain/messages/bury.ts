import { buryMessages } from "#db/burial.ts";
import { bumpConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findSmart } from "#db/groups.ts";
import { lockLanes } from "#db/lanes.ts";
import type { MessageRow } from "#db/messages.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { follow, nextSeq } from "../groups/log.ts";
import { tell } from "../tell.ts";

/** Messages of a locked conversation, whose revision is moved on, that shall be no more. */
export interface Burial {
  conversation: ConversationRow;
  /** Everybody in the conversation. */
  people: readonly Participant[];
  messages: readonly MessageRow[];
  /** Who deletes what others said; null when its author does, or its time has come. */
  by?: PersonId | null;
  /** Other servers hear otherwise that their author is gone, and what they said with them. */
  isSilent?: boolean;
}

/**
 * Deletes messages for everybody, each under the next revision of its conversation, and tells of it. What somebody else
 * than its author deletes, servers that follow the group hear of its keeper; the others believe the author alone, whose
 * own server tells them.
 */
export async function bury(
  ctx: Context,
  tx: Transaction,
  { conversation, people, messages, by = null, isSilent = false }: Burial,
): Promise<MessageRow[]> {
  if (messages.length === 0) return [];
  await lockLanes(tx, [conversation.id]);
  const graves = messages.map(({ id }, index) => ({ id, revision: conversation.revision + 1 + index }));
  const revision = conversation.revision + messages.length;
  const seqs = messages.map(() => (isSilent ? null : nextSeq(conversation)));
  const elsewhere = people.filter(({ host }) => host !== null).map(({ id }) => id);
  const [buried, , smart] = await Promise.all([
    buryMessages(tx, graves, { deletedAt: ctx.now(), deletedBy: by }),
    bumpConversations(tx, [{ ...conversation, revision, activityAt: null }]),
    findSmart(tx, by === null ? [] : elsewhere),
  ]);
  conversation.revision = revision;
  const spared = smart.map(({ id }) => id);
  const told = isSilent ? people.filter(({ host }) => host === null) : people;
  await tell(
    ctx,
    tx,
    buried.map((message) => ({ type: "Delete", message, people: told, spared })),
  );
  const entries = buried.flatMap((message, index) => {
    const seq = seqs[index] ?? null;
    const what = by === null ? { deed: "Delete" as const } : { deletedBy: by };
    return seq === null ? [] : [{ seq, message, ...what }];
  });
  await follow(ctx, tx, { conversation, people, entries });
  return buried;
}

import { bumpConversations, findParticipants, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { lockLanes } from "#db/lanes.ts";
import { endOldReads, findReads, replaceReads } from "#db/reads.ts";
import { findReceipt, raiseMarks, type Risen } from "#db/receipts.ts";
import { findBlocksWithin } from "#db/relations.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { dispatch } from "./dispatch.ts";
import { lockVisible } from "./messages/lock.ts";
import { findReferred, type MessageRef } from "./messages/refer.ts";
import { withhold } from "./messages/withhold.ts";
import { localIds, type Participant } from "./tell.ts";
import { record, transact } from "./transact.ts";

/** Conversations whose rows are locked, with everybody in them. */
export interface Locked {
  /** Their revisions are moved on. */
  conversations: ReadonlyMap<ConversationId, ConversationRow>;
  people: ReadonlyMap<ConversationId, readonly Participant[]>;
}

/**
 * Sends, in the caller's transaction, how far our people have read to the members elsewhere whose servers show it. What
 * still waits of the same reader in the same conversation is replaced. Answers whose marks leave. Before any person's
 * number is taken.
 */
export async function sendReads(
  ctx: Context,
  tx: Transaction,
  { risen, people }: Pick<Locked, "people"> & { risen: readonly Risen[] },
): Promise<ReadonlySet<Risen>> {
  const leaving = risen.filter(({ shown, personId, conversationId }) => {
    const members = people.get(conversationId) ?? [];
    const isOurs = members.some(({ id, host }) => id === personId && host === null);
    return shown && isOurs && members.some(({ host }) => host !== null);
  });
  const reads = await findReads(tx, leaving);
  if (reads.length === 0) return new Set();
  // In the order in which whoever delivers locks them.
  await lockLanes(
    tx,
    reads.map(({ conversationId }) => conversationId),
  );
  await replaceReads(tx, reads, ctx.now());
  const dispatches = reads.map(({ conversationId, personId: actorId, messageId, recipientIds: audience }) => {
    const recipients = people.get(conversationId)!.filter(({ id }) => audience.includes(id));
    const about = { conversationId, messageId, streamId: conversationId, shownOn: null };
    return { type: "Read" as const, actorId, ...about, recipients, audience };
  });
  await dispatch(ctx, tx, dispatches);
  const isSent = ({ conversationId, personId }: Risen) =>
    reads.some((sent) => sent.conversationId === conversationId && sent.personId === personId);
  return new Set(leaving.filter(isSent));
}

/** Gives marks that rose for the others the next numbers of their conversations, whose rows are still to be written. */
export function numberReceipts(
  { conversations }: Pick<Locked, "conversations">,
  risen: readonly Risen[],
): ReadonlyMap<Risen, number> {
  const shown = risen.filter((mark) => mark.shown);
  return new Map(shown.map((mark) => [mark, (conversations.get(mark.conversationId)!.revision += 1)]));
}

/** Tells the others here, in the caller's transaction, how far people have read. */
export function tellReceipts(
  tx: Transaction,
  numbered: ReadonlyMap<Risen, number>,
  { leaving, people }: Pick<Locked, "people"> & { leaving: ReadonlySet<Risen> },
): void {
  for (const [mark, revision] of numbered) {
    const { conversationId, personId } = mark;
    const to = localIds(people.get(conversationId)!);
    record(tx, "receipt.changed", { conversationId, revision, personId, to, leaves: leaving.has(mark) });
  }
}

/** Raises one person's marks in locked conversations and tells everybody whom it concerns; answers where they rose for them. */
export async function readUpTo(
  ctx: Context,
  tx: Transaction,
  { personId, upTo }: { personId: PersonId; upTo: readonly ReadTo[] },
): Promise<Set<ConversationId>> {
  const readings = upTo.map(({ conversation: { id: conversationId }, position }) => {
    return { conversationId, personId, position };
  });
  const risen = await raiseMarks(tx, readings);
  const ids = risen.flatMap(({ shown, conversationId }) => (shown ? conversationId : []));
  if (ids.length > 0) {
    const members = Map.groupBy(await findParticipants(tx, ids), ({ conversationId }) => conversationId);
    const people = new Map([...members].map(([id, rows]) => [id, rows.map(({ person }) => person)]));
    const leaving = await sendReads(ctx, tx, { risen, people });
    const conversations = new Map(upTo.map(({ conversation }) => [conversation.id, conversation]));
    tellReceipts(tx, numberReceipts({ conversations }, risen), { leaving, people });
    await bumpConversations(
      tx,
      ids.map((id) => ({ ...conversations.get(id)!, activityAt: null })),
    );
  }
  return new Set(risen.flatMap(({ read, conversationId }) => (read ? conversationId : [])));
}

/** How far somebody has read in one conversation. */
interface ReadTo {
  conversation: ConversationRow;
  position: number;
}

/** Takes that a member of another server has read up to a message. Refuses whoever may not see it. */
export async function receiveRead(
  ctx: Context,
  { personId, message: ref }: { personId: PersonId; message: MessageRef },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const { id: messageId } = await findReferred(tx, ref);
    const { conversation, message } = await lockVisible(tx, { personId, messageId });
    const [members, blocks] = await Promise.all([
      findParticipants(tx, [conversation.id]),
      findBlocksWithin(tx, [conversation.id]),
    ]);
    const people = members.map(({ person }) => person);
    withhold(blocks, { authorId: personId, people, remote: message }); // of whom everybody here blocks, nothing is kept
    await readUpTo(ctx, tx, { personId, upTo: [{ conversation, position: message.position }] });
  });
}

/** For how long it is worth telling how far somebody has read. */
const READS_MS = 24 * 3600 * 1000;

/** Gives up what could not be told for a day. */
export async function giveUpReads(ctx: Context): Promise<void> {
  const now = ctx.now();
  await endOldReads(ctx.db, { now, before: new Date(now.getTime() - READS_MS) });
}

/** How far somebody is shown to have read, and to whom of the members. */
export async function loadReceipt(
  ctx: Context,
  fact: { conversationId: ConversationId; personId: PersonId },
): Promise<{ position: number; viewerIds: PersonId[] }> {
  return await findReceipt(ctx.db, fact.conversationId, fact.personId);
}

import type { Transaction } from "#db/connect.ts";
import { insertReceived, lockUri } from "#db/inbound.ts";
import { deleteReaction, findOwnReactions, findReactionByUri, insertReaction } from "#db/reactions.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { act } from "./act.ts";
import { keepRemoteEmoji, readEmoji, type KeptEmoji, type RemoteEmoji } from "./emoji.ts";
import { lockStanding } from "./lock.ts";
import { findReferred, type MessageRef } from "./refer.ts";

/** Most emoji of one person under one message. */
const REACTIONS = 10;

export interface React {
  personId: PersonId;
  messageId: MessageId;
  emoji: string;
}

/** Puts an emoji under a message. Doing it twice changes nothing. */
export async function addReaction(ctx: Context, input: React): Promise<void> {
  await transact(ctx, async (tx) => {
    await add(ctx, tx, { ...input, kept: await readEmoji(tx, input.emoji), uri: null });
  });
}

/** Takes one's emoji away again. Doing it twice changes nothing. */
export async function removeReaction(ctx: Context, input: React): Promise<void> {
  await transact(ctx, async (tx) => {
    const { emoji } = await readEmoji(tx, input.emoji);
    await remove(ctx, tx, { ...input, emoji });
  });
}

export interface ReceiveReaction {
  /** The activity's id, by which it can be undone. */
  uri: string;
  digest: string;
  personId: PersonId;
  /** The message: one of ours by its id, one of another server by its address. */
  message: MessageRef;
  emoji: { text: string } | RemoteEmoji;
}

/** Takes a reaction of somebody of another server. A repetition changes nothing, not even after it was undone. */
export async function receiveReaction(ctx: Context, input: ReceiveReaction): Promise<void> {
  await transact(ctx, async (tx) => {
    const { uri, digest, personId, message, emoji } = input;
    await lockUri(tx, uri);
    const { id: messageId } = await findReferred(tx, message);
    // Some servers give every reaction of one person with one emoji the same id: the very same bytes are a repetition.
    const repetition = { uri: `${digest} ${uri}`, digest, receivedAt: ctx.now() };
    if (!(await insertReceived(tx, repetition))) return;
    const kept =
      "text" in emoji
        ? await readEmoji(tx, emoji.text)
        : await keepRemoteEmoji(ctx, tx, { personId, ...emoji });
    const other = await findReactionByUri(tx, uri);
    if (
      other !== null &&
      (other.personId !== personId || other.messageId !== messageId || other.emoji !== kept.emoji)
    )
      throw new Refusal("id_conflict");
    await add(ctx, tx, { personId, messageId, kept, uri });
  });
}

/** Takes back a reaction by the id of its activity; answers false when it is none that we have. Only its own actor may. */
export async function undoReaction(
  ctx: Context,
  input: { uri: string; personId: PersonId },
): Promise<boolean> {
  return await transact(ctx, async (tx) => {
    const { uri, personId } = input;
    await lockUri(tx, uri);
    const found = await findReactionByUri(tx, uri);
    if (found === null) return false;
    if (found.personId !== personId) throw new Refusal("not_author");
    await remove(ctx, tx, found);
    return true;
  });
}

interface Addition {
  personId: PersonId;
  messageId: MessageId;
  kept: KeptEmoji;
  uri: string | null;
}

async function add(ctx: Context, tx: Transaction, { personId, messageId, kept, uri }: Addition) {
  const locked = await lockStanding(ctx, tx, { personId, messageId });
  const own = await findOwnReactions(tx, { messageId, personId });
  if (own.some(({ emoji }) => emoji === kept.emoji)) return;
  if (own.length >= REACTIONS) throw new Refusal("too_many_reactions", { field: "emoji" });
  const activity = uri === null ? { type: "Like" as const, emoji: kept.emoji } : null;
  const activityId = await act(ctx, tx, { name: "message.reacted", actorId: personId, ...locked, activity });
  const { withheldFrom } = locked;
  await insertReaction(tx, {
    messageId,
    personId,
    ...kept,
    uri,
    activityId,
    withheldFrom,
    createdAt: ctx.now(),
  });
}

async function remove(ctx: Context, tx: Transaction, { personId, messageId, emoji }: React): Promise<void> {
  const locked = await lockStanding(ctx, tx, { personId, messageId, takesBack: true });
  const own = await findOwnReactions(tx, { messageId, personId });
  const found = own.find((one) => one.emoji === emoji);
  if (found === undefined) return;
  await deleteReaction(tx, { messageId, personId, emoji });
  const undoes = found.activityId;
  const activity = undoes === null ? null : { type: "Undo" as const, undoes };
  await act(ctx, tx, { name: "message.reacted", actorId: personId, ...locked, activity });
}

import { findIdsByAlias } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findReceived, findTombstone, insertReceived, insertTombstone, lockUri } from "#db/inbound.ts";
import { findMessagesByIds, findMessagesByUris, type MessageRow } from "#db/messages.ts";
import { findPeopleByIds } from "#db/people.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { takeAsLogged } from "./groups/as-logged.ts";
import { noteLogged, type Logged } from "./groups/note-logged.ts";
import { matchConversation } from "./match.ts";
import { deleteWithin, editWithin } from "./messages/change.ts";
import type { MessageForm } from "./messages/form.ts";
import { postOne } from "./messages/post.ts";
import { saveStandIns, type StandIn } from "./people.ts";
import { transact } from "./transact.ts";

/** An activity as it arrived: its id and a digest of its bytes, by which a replay is known. */
export interface ReceivedActivity {
  uri: string;
  digest: string;
}

/** An activity that may stand in the log of a group: `said` is its digest there, the same wherever it is had from. */
export interface LoggableActivity extends ReceivedActivity {
  said: string;
}

export interface ReceiveMessage {
  activity: LoggableActivity;
  authorId: PersonId;
  /** The object's id, on its author's server. */
  uri: string;
  /** The type under which it came. */
  form: MessageForm;
  forwarded?: boolean;
  /** Everybody whom it is addressed to, without its author; at least one of them lives here. */
  recipientIds: PersonId[];
  /** Those besides of whom nothing is known yet; they are noted only with the message. */
  standIns?: readonly StandIn[];
  /** How its server calls the conversation (`context`, `conversation`). */
  contexts: string[];
  /** That one of them under which its author's server keeps the conversation, if it is on that server. */
  room: string | null;
  inReplyToUri: string | null;
  /** Those of the addresses above that are our own, read by whoever knows their form. */
  local: { inReplyToId: MessageId | null; conversationIds: ConversationId[] };
  body: { text: string; html: string | null };
  sentAt: Date;
  /** The epoch of its group in which it was sent; null when nothing is said of one. */
  chatEpoch: number | null;
}

/** Takes a private message of another server. One that is known, or was deleted before it came, changes nothing. */
export async function receiveMessage(ctx: Context, input: ReceiveMessage): Promise<{ repeated: boolean }> {
  return await transact(ctx, async (tx) => {
    // One round trip: the connection runs them in this order, so everything is read under the lock.
    const [, people, isDeleted, [earlier], parent, byAlias] = await Promise.all([
      lockUri(tx, input.uri),
      findPeopleByIds(tx, [input.authorId, ...input.recipientIds]),
      findTombstone(tx, input.uri, input.authorId),
      findMessagesByUris(tx, [input.uri]),
      findParent(tx, input),
      findIdsByAlias(tx, input.authorId, input.contexts),
    ]);
    const author = people.find(({ id }) => id === input.authorId);
    const known = people.filter(({ id }) => id !== input.authorId);
    if (author === undefined || author.host === null) throw new Refusal("not_member");
    if (!known.some(({ host }) => host === null)) throw new Refusal("not_local");
    if (isDeleted) throw new Refusal("deleted");
    if (earlier !== undefined) return await repeat(ctx, tx, { ...input, known: earlier });
    const others = [...known, ...(await saveStandIns(ctx, tx, input.standIns ?? []))];
    const named = [...input.local.conversationIds, ...byAlias];
    const answered = parent?.conversationId ?? null;
    const [conversationId] = await Promise.all([
      matchConversation(ctx, tx, { author, others, named, answered, room: input.room }),
      takeActivity(ctx, tx, input.activity),
    ]);
    // To servers that know no groups, the line of a change is a message like any other.
    const isSaid = parent?.conversationId === conversationId && parent.notice === null;
    const isAnswer = isSaid && !parent.withheldFrom.includes(author.id);
    const { repeated, message } = await postOne(ctx, tx, {
      conversationId,
      authorId: author.id,
      text: input.body.text,
      inReplyTo: isAnswer ? parent.id : null,
      forwarded: input.forwarded ?? false,
      remote: {
        uri: input.uri,
        form: input.form,
        html: input.body.html,
        sentAt: input.sentAt,
        audience: others.map(({ id }) => id),
        recipients: others,
        chatEpoch: input.chatEpoch,
        aliases: input.contexts,
      },
    });
    const logged = loggedOf(input.activity);
    await noteLogged(ctx, tx, { conversationId, messageId: message.id, logged, created: input.uri });
    return { repeated };
  });
}

function loggedOf({ uri, said }: LoggableActivity): Logged {
  return { uri, digest: said };
}

export interface ReceiveEdit {
  activity: LoggableActivity;
  authorId: PersonId;
  uri: string;
  body: { text: string; html: string | null };
  updatedAt: Date | null;
}

/**
 * Takes an edit of a message of another server, by its author alone. Activity ids play no part, because some servers
 * give every edit the same one: the very same bytes again are a repetition, and an older `updated` comes too late.
 */
export async function receiveEdit(ctx: Context, input: ReceiveEdit): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockUri(tx, input.uri);
    const [message] = await findMessagesByUris(tx, [input.uri]);
    if (message === undefined) throw new Refusal("not_found");
    const { body, updatedAt, activity } = input;
    const repetition = {
      uri: `${activity.digest} ${input.uri}`,
      digest: activity.digest,
      receivedAt: ctx.now(),
    };
    if (!(await insertReceived(tx, repetition))) return;
    const remote = { html: body.html, updatedAt };
    const { id: messageId, conversationId } = message;
    await editWithin(ctx, tx, { personId: input.authorId, messageId, text: body.text, remote });
    await noteLogged(ctx, tx, { conversationId, messageId, logged: loggedOf(activity) });
  });
}

/** Whether there is a message of that address here, whoever wrote it; a deleted one counts. */
export async function isKnownMessage(ctx: Context, uri: string): Promise<boolean> {
  return (await findMessagesByUris(ctx.db, [uri])).length > 0;
}

export interface ReceiveDelete {
  activity: LoggableActivity;
  /** `id` is null for an actor whom we never met. */
  actor: { id: PersonId | null; uri: string };
  uri: string;
}

/** Takes a deletion by a message's author. One that comes before its message is remembered, and wins. */
export async function receiveDelete(ctx: Context, input: ReceiveDelete): Promise<void> {
  await transact(ctx, async (tx) => {
    const { uri, actor, activity } = input;
    await lockUri(tx, uri);
    const [message] = await findMessagesByUris(tx, [uri]);
    if (message === undefined) return await insertTombstone(tx, { uri, actorUri: actor.uri, at: ctx.now() });
    // Whoever may delete what others said asks the server that keeps the group.
    if (actor.id !== message.authorId) throw new Refusal("not_author");
    const { id: messageId, conversationId } = message;
    await deleteWithin(ctx, tx, { personId: actor.id, messageId });
    await noteLogged(ctx, tx, { conversationId, messageId, logged: loggedOf(activity) });
  });
}

/**
 * A message that is known: nothing of it is taken anew, unless the log of its group says that this is it; and its activity's
 * id must not stand for something else.
 */
async function repeat(
  ctx: Context,
  tx: Transaction,
  { known, activity, authorId, body }: ReceiveMessage & { known: MessageRow },
): Promise<{ repeated: true }> {
  if (known.authorId !== authorId) throw new Refusal("not_author");
  if (await takeAsLogged(ctx, tx, { messageId: known.id, logged: loggedOf(activity), body }))
    return { repeated: true };
  const taken = await findReceived(tx, activity.uri);
  if (taken !== null && taken.digest !== activity.digest) throw new Refusal("id_conflict");
  return { repeated: true };
}

/** Notes an activity's id; refuses one that was taken before, for another message. */
async function takeActivity(ctx: Context, tx: Transaction, activity: ReceivedActivity): Promise<void> {
  if (!(await insertReceived(tx, { ...activity, receivedAt: ctx.now() }))) throw new Refusal("id_conflict");
}

/** What a message answers, as far as it is here. */
export async function findParent(
  tx: Transaction,
  input: Pick<ReceiveMessage, "local" | "inReplyToUri">,
): Promise<MessageRow | null> {
  const { inReplyToId } = input.local;
  const rows =
    inReplyToId === null
      ? await findMessagesByUris(tx, input.inReplyToUri === null ? [] : [input.inReplyToUri])
      : await findMessagesByIds(tx, [inReplyToId]);
  return rows[0] ?? null;
}

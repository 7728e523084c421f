import { bumpConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { updateMessage, type MessageRow } from "#db/messages.ts";
import type { PersonRow } from "#db/people.ts";
import type { ActivityId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { dispatch, type Dispatch } from "../dispatch.ts";
import { localIds } from "../tell.ts";
import { record } from "../transact.ts";

/** Something done to a message, in a conversation that is locked. */
export interface Act {
  name: "message.reacted" | "message.pinned";
  actorId: PersonId;
  conversation: ConversationRow;
  message: MessageRow;
  people: readonly PersonRow[];
  /** What changes on the message's own row. */
  set?: Partial<Pick<MessageRow, "pinnedAt" | "pinnedBy" | "pinWithheldFrom">>;
  /** How other servers are told of it, by the actor's own; nothing when it was done elsewhere. */
  activity: Pick<Dispatch, "type" | "emoji" | "undoes"> | null;
  /** Members to whom it must not pass. */
  withheldFrom: readonly PersonId[];
  /** Only these are told; everybody who had the message by default. */
  isTold?: (person: PersonRow) => boolean;
}

/** Gives what was done to a message the conversation's next number, and tells of it. Answers our activity's id. */
export async function act(ctx: Context, tx: Transaction, act: Act): Promise<ActivityId | null> {
  const { name, actorId, conversation, message, people, activity, withheldFrom } = act;
  const { id: messageId, conversationId } = message;
  const revision = conversation.revision + 1;
  await Promise.all([
    updateMessage(tx, messageId, { ...act.set, revision }),
    bumpConversations(tx, [{ ...conversation, revision, activityAt: null }]),
  ]);
  // Other servers only: whoever is here is told of it by the event.
  const hadIt = [message.authorId, ...(message.audience ?? [])];
  const isKept = (id: PersonId) => withheldFrom.includes(id) || message.withheldFrom.includes(id);
  const isTold = (id: PersonId) => hadIt.includes(id) && !isKept(id);
  const told = people.filter(({ id }) => id !== actorId && isTold(id));
  const recipients = act.isTold === undefined ? told : told.filter(act.isTold);
  const audience = recipients.map(({ id }) => id);
  const about = { actorId, conversationId, messageId, streamId: conversationId, shownOn: null };
  const [activityId = null] =
    activity === null ? [] : await dispatch(ctx, tx, [{ ...about, ...activity, recipients, audience }]);
  record(tx, name, {
    messageId,
    conversationId,
    revision,
    to: localIds(people),
    leaves: activityId !== null,
  });
  return activityId;
}

import {
  findConversation,
  findIdsByAlias,
  findMember,
  findMembers,
  lockConversations,
} from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import type { PersonRow } from "#db/people.ts";
import { findBlocksWithin } from "#db/relations.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { findUntitled } from "../conversations.ts";
import { dispatch } from "../dispatch.ts";
import { record, transact } from "../transact.ts";
import { withhold } from "../messages/withhold.ts";
import { applyDecisions } from "./apply.ts";
import { changeGroup, type Outcome } from "./verbs.ts";

export interface SetTimer {
  personId: PersonId;
  conversationId: ConversationId;
  /** What the person knew of a group when they decided; absent for now. */
  epoch?: number | null;
  /** After how many seconds what is said from now on disappears; null for never. */
  seconds: number | null;
}

/** Chooses for a conversation how long what is said in it stays; in a group, whoever may change it. */
export async function setTimer(ctx: Context, input: SetTimer): Promise<Outcome> {
  const { seconds, ...of } = input;
  const conversation = await findConversation(ctx.db, of.conversationId);
  if (conversation?.kind === "group")
    return await changeGroup(ctx, { ...of, change: { expireAfter: seconds } });
  await setTimerOfFew(ctx, input);
  return "done";
}

export interface ReceiveTimer {
  /** Of another server. */
  personId: PersonId;
  /** Whom they say it to. */
  otherId: PersonId;
  /** The conversation: ours by its id, any other by its address. */
  conversation: { id: ConversationId } | { uri: string };
  seconds: number | null;
}

/** Takes the choice of somebody of another server for what is said between them and one person here, and nobody else. */
export async function receiveTimer(ctx: Context, input: ReceiveTimer): Promise<void> {
  const { personId, otherId, conversation, seconds } = input;
  await transact(ctx, async (tx) => {
    const named =
      "id" in conversation ? [conversation.id] : await findIdsByAlias(tx, personId, [conversation.uri]);
    const exact = await findUntitled(tx, [personId, otherId]);
    // A name that nobody here knows yet says nothing; any that is known must be that of what these two say.
    const isOther = named.length > 0 && !named.some((id) => id === exact?.id);
    if (exact === null || isOther) throw new Refusal("not_found");
    await setWithin(ctx, tx, { personId, conversationId: exact.id, seconds });
  });
}

/**
 * Chooses for a conversation that is no group how long what is said in it stays; any of its people who has accepted it
 * may. Between two it counts at both servers, if the other knows what it is; nobody keeps such a conversation for more.
 * What is so already changes nothing.
 */
async function setTimerOfFew(ctx: Context, input: SetTimer): Promise<void> {
  await transact(ctx, (tx) => setWithin(ctx, tx, input));
}

async function setWithin(
  ctx: Context,
  tx: Transaction,
  { personId, conversationId, seconds }: SetTimer,
): Promise<void> {
  const [conversation] = await lockConversations(tx, [conversationId]);
  const [member, members] = await Promise.all([
    findMember(tx, conversationId, personId),
    findMembers(tx, [conversationId]),
  ]);
  if (conversation?.kind !== "direct" || member === null) throw new Refusal("not_found");
  if (member.state !== "accepted") throw new Refusal("not_accepted");
  const people = members.map(({ person }) => person);
  const isOurs = people.some(({ id, host }) => id === personId && host === null);
  // Who has not agreed to hear somebody is told once, or one could go on at them with this.
  const isFirst = conversation.expireAfter === null;
  if (!isOurs && !isFirst && members.some(({ member: { state } }) => state !== "accepted"))
    throw new Refusal("not_accepted");
  const saying = { authorId: personId, people, ...(isOurs ? {} : { remote: true }) };
  const withheldFrom = withhold(await findBlocksWithin(tx, [conversationId]), saying);
  const told = await applyDecisions(ctx, tx, {
    conversation,
    withheldFrom,
    decisions: [{ type: "facts", by: personId, facts: { expireAfter: seconds } }],
  });
  if (isOurs && told.length > 0 && people.length === 2)
    await tellOther(ctx, tx, { personId, conversationId, seconds, people, withheldFrom });
}

/** Tells the other of two, where they are of our own kind. Others see what has had its time deleted, and nothing else. */
async function tellOther(
  ctx: Context,
  tx: Transaction,
  input: SetTimer & { people: readonly PersonRow[]; withheldFrom: readonly PersonId[] },
): Promise<void> {
  const { personId: actorId, conversationId, seconds, people, withheldFrom } = input;
  const recipients = people.filter(
    ({ id, signals }) => id !== actorId && signals !== null && !withheldFrom.includes(id),
  );
  const about = { actorId, conversationId, streamId: conversationId, shownOn: null };
  const audience = recipients.map(({ id }) => id);
  await dispatch(ctx, tx, [{ ...about, type: "UpdateTimer", detail: { seconds }, audience, recipients }]);
  record(tx, "activities.due", {});
}

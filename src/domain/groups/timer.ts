import {
  findConversation,
  findIdsByAlias,
  findMember,
  findMembers,
  lockConversations,
  type ConversationRow,
} from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { setExpiryMoment } from "#db/groups.ts";
import type { PersonRow } from "#db/people.ts";
import { findBlocksWithin } from "#db/relations.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { findUntitled } from "../conversations.ts";
import { dispatch } from "../dispatch.ts";
import { record, transact } from "../transact.ts";
import { checkVoice } from "../voice.ts";
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
  /** When they chose it, as they say. */
  chosenAt: Date;
}

/** A choice of another server whose clock runs ahead counts as made this much later than now at most (milliseconds). */
const AHEAD_MS = 5 * 60_000;

/**
 * Takes the choice of somebody of another server for what is said between them and one person here, and nobody else. Of
 * several the latest counts at both servers, in whatever order and however often they come.
 */
export async function receiveTimer(ctx: Context, input: ReceiveTimer): Promise<void> {
  const { personId, otherId, conversation, seconds } = input;
  const latest = new Date(ctx.now().getTime() + AHEAD_MS);
  const chosenAt = input.chosenAt < latest ? input.chosenAt : latest;
  await transact(ctx, async (tx) => {
    const named =
      "id" in conversation ? [conversation.id] : await findIdsByAlias(tx, personId, [conversation.uri]);
    const exact = await findUntitled(tx, [personId, otherId]);
    // A name that nobody here knows yet says nothing; any that is known must be that of what these two say.
    const isOther = named.length > 0 && !named.some((id) => id === exact?.id);
    if (exact === null || isOther) throw new Refusal("not_found");
    await setWithin(ctx, tx, { personId, conversationId: exact.id, seconds, chosenAt });
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
  { personId, conversationId, seconds, chosenAt: said }: SetTimer & { chosenAt?: Date },
): Promise<void> {
  const [conversation] = await lockConversations(tx, [conversationId]);
  const [member, members] = await Promise.all([
    findMember(tx, conversationId, personId),
    findMembers(tx, [conversationId]),
  ]);
  if (conversation?.kind !== "direct" || member === null) throw new Refusal("not_found");
  if (member.state !== "accepted") throw new Refusal("not_accepted");
  const people = members.map(({ person }) => person);
  const chooser = people.find(({ id }) => id === personId)!;
  await checkVoice(ctx, tx, chooser);
  const isOurs = chooser.host === null;
  // Who has not agreed to hear somebody is told once, or one could go on at them with this.
  const isFirst = conversation.expireAfter === null;
  if (!isOurs && !isFirst && members.some(({ member: { state } }) => state !== "accepted"))
    throw new Refusal("not_accepted");
  if (said !== undefined && isOutdated(conversation, { seconds, chosenAt: said })) return;
  const saying = { authorId: personId, people, ...(isOurs ? {} : { remote: true }) };
  const withheldFrom = withhold(await findBlocksWithin(tx, [conversationId]), saying);
  const told = await applyDecisions(ctx, tx, {
    conversation,
    withheldFrom,
    decisions: [{ type: "facts", by: personId, facts: { expireAfter: seconds } }],
  });
  // What is chosen here comes after what was chosen before, whatever the clock of the other server said.
  const next = Math.max(ctx.now().getTime(), (conversation.expireChosenAt?.getTime() ?? 0) + 1);
  const chosenAt = said ?? new Date(next);
  await setExpiryMoment(tx, conversationId, chosenAt);
  if (isOurs && told.length > 0 && people.length === 2)
    await tellOther(ctx, tx, { personId, conversationId, seconds, chosenAt, people, withheldFrom });
}

/** Whether something was chosen later, or at the same moment for a shorter time. */
function isOutdated(
  { expireAfter, expireChosenAt }: ConversationRow,
  { seconds, chosenAt }: { seconds: number | null; chosenAt: Date },
): boolean {
  if (expireChosenAt === null || chosenAt > expireChosenAt) return false;
  return chosenAt < expireChosenAt || (seconds ?? Infinity) >= (expireAfter ?? Infinity);
}

/** Tells the other of two, where they are of our own kind. Others see what has had its time deleted, and nothing else. */
async function tellOther(
  ctx: Context,
  tx: Transaction,
  input: SetTimer & { chosenAt: Date; people: readonly PersonRow[]; withheldFrom: readonly PersonId[] },
): Promise<void> {
  const { personId: actorId, conversationId, seconds, people, withheldFrom } = input;
  const detail = { seconds, chosenAt: input.chosenAt.toISOString() };
  const recipients = people.filter(
    ({ id, signals }) => id !== actorId && signals !== null && !withheldFrom.includes(id),
  );
  const about = { actorId, conversationId, streamId: conversationId, shownOn: null };
  const audience = recipients.map(({ id }) => id);
  await dispatch(ctx, tx, [{ ...about, type: "UpdateTimer", detail, audience, recipients }]);
  record(tx, "activities.due", {});
}

import type { ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findConcerned, findGroupMembers, updateGroup, type GroupMember } from "#db/groups.ts";
import { lockLanes } from "#db/lanes.ts";
import type { MessageRow } from "#db/messages.ts";
import { lockPeople } from "#db/people.ts";
import { insertMessages, type NewMessage } from "#db/posts.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { localIds } from "../tell.ts";
import { record } from "../transact.ts";
import { change } from "./changes.ts";
import { deciderOf, noticeOf, raisesEpoch, type Decision } from "./decision.ts";
import { localsOf, personOf, type Group } from "./group.ts";
import { follow, isKeptHere, nextSeq } from "./log.ts";
import { findOutsiders, settleInvitations } from "./settle-invitations.ts";
import { tellLegacy } from "./tell-legacy.ts";
import { wordsOf } from "./words.ts";

export interface ApplyDecisions {
  /** Locked; its numbers are moved on. */
  conversation: ConversationRow;
  decisions: readonly Decision[];
  /** Set when the server that keeps the group decided: the decision's number in its log, and the epoch from then on. */
  heard?: { seq: number; epoch: number };
  /** Who is not shown the lines: they block who did it. */
  withheldFrom?: readonly PersonId[];
}

/**
 * The one way in which a group changes, decided here or heard of the server that keeps it: who is in it and what they
 * are, what it says of itself, the line that tells of it, and its place in the log. Whether somebody may is asked before.
 * What is so already changes nothing. Answers the lines.
 */
export async function applyDecisions(
  ctx: Context,
  tx: Transaction,
  { conversation, decisions, heard, withheldFrom = [] }: ApplyDecisions,
): Promise<MessageRow[]> {
  const outsiders = await findOutsiders(tx, { conversation, decisions });
  const concerned = [...new Set([...decisions.flatMap(peopleOf), ...outsiders])];
  const [members, others] = await Promise.all([
    findGroupMembers(tx, conversation.id),
    findConcerned(tx, concerned),
  ]);
  const group: Group = { tx, now: ctx.now(), conversation, members, others };
  await lockConcerned(group, concerned);
  const made: { decision: Decision; notice: NewMessage }[] = [];
  for (const decision of decisions) {
    if (!(await change(group, decision))) continue;
    if (raisesEpoch(decision) && isKeptHere(conversation)) conversation.chatEpoch += 1;
    const notice = writeNotice(group, decision, heard?.seq);
    made.push({ decision, notice: { ...notice, withheldFrom: [...withheldFrom] } });
  }
  if (heard !== undefined) conversation.chatEpoch = heard.epoch;
  if (made.length === 0 && heard === undefined) return [];
  const [notices] = await Promise.all([
    insertMessages(
      tx,
      made.map(({ notice }) => notice),
    ),
    updateGroup(tx, conversation),
  ]);
  if (isKeptHere(conversation)) {
    const entries = made.map(({ decision }, index) => {
      const message = notices[index]!;
      return { decision, message, seq: message.seq! };
    });
    await follow(ctx, tx, { conversation, people: everybodyIn(group, members), entries });
    await tellLegacy(ctx, group, notices);
  }
  const settled = made.map(({ decision }) => decision);
  await settleInvitations(ctx, tx, { conversation, decisions: settled });
  return notices;
}

function peopleOf(decision: Decision): PersonId[] {
  const from = "fromId" in decision ? [decision.fromId] : [];
  return [deciderOf(decision), ...("personId" in decision ? [decision.personId] : []), ...from];
}

/** Lanes before people, and people in one order, as everywhere. */
async function lockConcerned({ tx, conversation, members, others }: Group, concerned: readonly PersonId[]) {
  const people = [...members.map(({ person }) => person), ...others];
  if (people.some(({ host }) => host !== null)) await lockLanes(tx, [conversation.id]);
  await lockPeople(tx, localIds(people.filter(({ id }) => concerned.includes(id))));
}

/** The line that tells of a decision to whoever is in the group after it. */
function writeNotice(group: Group, decision: Decision, heardSeq: number | undefined): NewMessage {
  const { tx, now, conversation, members } = group;
  conversation.revision += 1;
  conversation.position += 1;
  const { id: conversationId, revision, position, chatEpoch } = conversation;
  const notice = noticeOf(decision);
  const author = personOf(group, deciderOf(decision));
  const others = notice.personIds.map((id) => personOf(group, id as PersonId));
  const id = newId<"message">();
  // Waking lanes in which nothing waits costs nothing.
  const leaves = members.some(({ person }) => person.host !== null);
  record(tx, "message.posted", { messageId: id, conversationId, revision, to: localsOf(group), leaves });
  return {
    id,
    conversationId,
    authorId: author.id,
    uri: null,
    position,
    revision,
    text: wordsOf(notice, author, others),
    html: null,
    form: "Note",
    inReplyTo: null,
    forwarded: false,
    notice,
    seq: heardSeq ?? nextSeq(conversation),
    chatEpoch,
    late: false,
    omitted: [],
    alsoTo: [],
    vouched: false,
    expiresAt: null,
    withheldFrom: [],
    mentions: [],
    audience: members.map(({ person }) => person.id).filter((each) => each !== author.id),
    key: null,
    sentAt: now,
    receivedAt: now,
  };
}

/** Who is in a group, and who was when a change of it began. */
function everybodyIn({ members }: Group, before: readonly GroupMember[]): GroupMember["person"][] {
  return [...new Map([...before, ...members].map(({ person }) => [person.id, person])).values()];
}

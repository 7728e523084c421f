import {
  bumpConversations,
  findParticipants,
  lockConversations,
  type ConversationRow,
} from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import type { MessageRow } from "#db/messages.ts";
import { findNames, findTraces, rewordLines, takeNamings, takeReactions, type Stretch } from "#db/traces.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Notice } from "#lib/notice.ts";
import type { Participant } from "../dispatch.ts";
import type { Context } from "../context.ts";
import { wordsOf } from "../groups/words.ts";
import { bury } from "../messages/bury.ts";
import { localIds } from "../tell.ts";
import { record, transact } from "../transact.ts";

/** Positions that one transaction looks at, and messages that it changes, at most. */
const POSITIONS = 5_000;
const MESSAGES = 100;

/** Takes away what somebody who is gone has left in a conversation: their words, their reactions, their name in lines. */
export async function takeTraces(
  ctx: Context,
  { personId, conversationId }: { personId: PersonId; conversationId: ConversationId },
): Promise<void> {
  for (let after: number | null = 0; after !== null;) {
    const from: number = after;
    after = await transact(ctx, (tx) => takeStretch(ctx, tx, { personId, conversationId, after: from }));
    await ctx.failpoint("in-job");
  }
}

/** Answers after which position to go on; null at the end. */
async function takeStretch(
  ctx: Context,
  tx: Transaction,
  of: { personId: PersonId; conversationId: ConversationId; after: number },
): Promise<number | null> {
  const [conversation] = await lockConversations(tx, [of.conversationId]);
  if (conversation === undefined) return null;
  const last = conversation.position;
  const widest = { ...of, until: of.after + POSITIONS };
  const found = await findTraces(tx, { ...widest, limit: MESSAGES });
  const stretch = { ...widest, until: found.length < MESSAGES ? widest.until : found.at(-1)!.position };
  const participants = await findParticipants(tx, [conversation.id]);
  const people = participants.map(({ person }) => person);
  const said = found.filter(({ authorId, notice }) => notice === null && authorId === of.personId);
  await bury(ctx, tx, { conversation, people, messages: said, isSilent: true });
  const lines = found.filter(({ notice }) => notice !== null);
  await reword(tx, { conversation, people, lines });
  await withdraw(tx, { conversation, people, stretch: { ...stretch, personId: of.personId } });
  return stretch.until >= last ? null : stretch.until;
}

interface Within {
  conversation: ConversationRow;
  people: readonly Participant[];
}

/** Who did what is said in lines with the names of today; whoever is gone has none. */
async function reword(
  tx: Transaction,
  { conversation, people, lines }: Within & { lines: readonly MessageRow[] },
): Promise<void> {
  const ids = lines.flatMap(({ authorId, notice }) => [authorId, ...(notice!.personIds as PersonId[])]);
  const names = new Map((await findNames(tx, [...new Set(ids)])).map((named) => [named.id, named]));
  const named = (id: string) => {
    const known = names.get(id as PersonId)!;
    return known.state === "deleted" ? { ...known, name: "Somebody" } : known;
  };
  const reworded = lines.flatMap(({ id, authorId, notice, text }) => {
    const [by, others] = [named(authorId), notice!.personIds.map(named)];
    const told = [by, ...others].some(({ state }) => state === "deleted") ? nameless(notice!) : notice!;
    const now = wordsOf(told, by, others);
    return now === text ? [] : [{ id, text: now, notice: told }];
  });
  const numbered = reworded.map((line, index) => ({ ...line, revision: conversation.revision + 1 + index }));
  if (numbered.length === 0) return;
  await rewordLines(tx, numbered);
  await tellChanged(tx, { conversation, people, name: "message.edited", changed: numbered });
}

/** What a line tells apart from names: an address is one. */
function nameless(notice: Notice): Notice {
  if (notice.type !== "moved") return notice;
  const { value: _, ...rest } = notice;
  return rest;
}

async function withdraw(
  tx: Transaction,
  { conversation, people, stretch }: Within & { stretch: Stretch & { personId: PersonId } },
): Promise<void> {
  const reacted = await takeReactions(tx, { ...stretch, revision: conversation.revision });
  if (reacted.length > 0)
    await tellChanged(tx, { conversation, people, name: "message.reacted", changed: reacted });
  const named = await takeNamings(tx, { ...stretch, revision: conversation.revision });
  if (named.length > 0)
    await tellChanged(tx, { conversation, people, name: "message.edited", changed: named });
}

async function tellChanged(
  tx: Transaction,
  {
    conversation,
    people,
    name,
    changed,
  }: Within & {
    name: "message.edited" | "message.reacted";
    changed: readonly { id: MessageRow["id"]; revision: number }[];
  },
): Promise<void> {
  const { id: conversationId } = conversation;
  conversation.revision += changed.length;
  await bumpConversations(tx, [{ ...conversation, activityAt: null }]);
  const to = localIds(people);
  for (const { id: messageId, revision } of changed.toSorted((one, other) => one.revision - other.revision))
    record(tx, name, { messageId, conversationId, revision, to, leaves: false });
}

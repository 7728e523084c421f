import { createHash } from "node:crypto";
import type { Transaction } from "#db/connect.ts";
import {
  findAcquainted,
  findByParticipants,
  findMember,
  findParticipants,
  findRequestsOfTwo,
  insertConversation,
  insertMembers,
  lockConversations,
  type ConversationRow,
  type MemberRow,
} from "#db/conversations.ts";
import { setMemberState, stampMember } from "#db/sides.ts";
import { findActiveLocalById, findPersonById, takeNumber, type PersonRow } from "#db/people.ts";
import { trustPeers } from "#db/peers.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { hostsOf } from "./dispatch.ts";
import { checkTalks } from "./server-rules.ts";
import { checkBegun } from "./requests/quota.ts";
import { checkReach } from "./servers.ts";
import { record, transact } from "./transact.ts";
import { checkVoice, requireStays } from "./voice.ts";

/** Most people in one conversation, its author included. */
export const MEMBERS = 100;

export interface StartConversation {
  /** Who begins it. */
  personId: PersonId;
  /** Whom they want to reach. */
  withId: PersonId;
}

/** Finds the conversation of two people or begins it. Refuses oneself, and somebody who is not there any more. */
export async function startConversation(
  ctx: Context,
  input: StartConversation,
): Promise<{ id: ConversationId; created: boolean }> {
  if (input.personId === input.withId) throw new Refusal("yourself", { field: "address" });
  return await transact(ctx, async (tx) => {
    const [author, other] = await Promise.all([
      findActiveLocalById(tx, input.personId),
      findPersonById(tx, input.withId),
    ]);
    if (author === null) throw new Refusal("not_found");
    if (other === null || other.state !== "active")
      throw new Refusal("address_unknown", { field: "address" });
    if (other.host !== null) await checkTalks(ctx, other.host, tx);
    await checkReach(tx, other);
    const found = await findOrBegin(ctx, tx, { author, others: [other] });
    if (found.created) {
      await checkVoice(ctx, tx, author);
      await checkBegun(ctx, tx, author);
    }
    await lockConversations(tx, [found.conversation.id]);
    await openForAuthor(tx, found.conversation.id, author.id);
    // Whether the other had begun it and said nothing yet is theirs to know.
    const { id, position, createdBy } = found.conversation;
    return { id, created: found.created || (position === 0 && createdBy !== author.id) };
  });
}

/** The one untitled conversation of exactly these people, if there is one. */
export async function findUntitled(
  tx: Transaction,
  people: readonly PersonId[],
): Promise<ConversationRow | null> {
  return await findByParticipants(tx, digestPeople(people));
}

/** The one untitled conversation of exactly these people; who begins it names it (`uri`). People whom the author is a stranger to get a request. */
export async function findOrBegin(
  ctx: Context,
  tx: Transaction,
  set: { author: PersonRow; others: PersonRow[]; uri?: string | null },
): Promise<{ conversation: ConversationRow; created: boolean }> {
  const { author, others } = set;
  if (others.length >= MEMBERS) throw new Refusal("too_many_recipients");
  const people = [author.id, ...others.map(({ id }) => id)];
  const participants = digestPeople(people);
  const known = await findUntitled(tx, people);
  if (known !== null) return { conversation: known, created: false };
  const now = ctx.now();
  const id = newId<"conversation">();
  const conversation = await insertConversation(tx, {
    id,
    kind: "direct",
    participants,
    uri: set.uri ?? null,
    revision: 1,
    createdBy: author.id,
    createdAt: now,
    activityAt: now,
  });
  if (conversation === null) {
    const winner = await findByParticipants(tx, participants);
    if (winner === null) throw new Error("a conversation that made ours a duplicate is gone");
    return { conversation: winner, created: false };
  }
  const states = await Promise.all(others.map(async (person) => await firstState(tx, person, author.id)));
  const rows = [author, ...others].map((person, rank) => ({
    conversationId: id,
    personId: person.id,
    role: "member" as const,
    state: rank === 0 ? ("accepted" as const) : states[rank - 1]!,
    rank,
  }));
  await insertMembers(tx, rows);
  // What nobody has written in yet is nobody's business but its author's; others meet it with its first message.
  const to =
    author.host === null
      ? [author.id]
      : others.filter(({ host }) => host === null).map((person) => person.id);
  record(tx, "conversation.created", { conversationId: id, revision: 1, to });
  return { conversation, created: true };
}

/** Loads a conversation's membership for somebody who belongs to it; everybody else finds nothing there. */
export async function accessMember(tx: Transaction, personId: PersonId, conversationId: ConversationId) {
  const member = await findMember(tx, conversationId, personId);
  if (member === null) throw new Refusal("not_found");
  return member;
}

/** Takes a request into one's conversations, or declines it. Doing it twice changes nothing. */
export async function answerRequest(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId; answer: "accepted" | "declined" },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [input.conversationId]);
    const member = await accessMember(tx, input.personId, input.conversationId);
    if (member.state === input.answer) return;
    if (input.answer === "accepted") await requireStays(tx, input.personId);
    // Nothing was asked yet.
    if (conversation?.position === 0) throw new Refusal("not_found");
    if (input.answer === "declined" && member.state === "accepted") throw new Refusal("stale");
    await setMemberState(tx, input, input.answer);
    await noteMembership(tx, input, { meets: true });
    if (input.answer === "declined") return;
    const members = await findParticipants(tx, [input.conversationId]);
    await trustPeers(tx, hostsOf(members.map(({ person }) => person)), ctx.now());
  });
}

/** Declines, of these locked conversations, those of two in which the other still asks. */
export async function closeRequests(
  tx: Transaction,
  personId: PersonId,
  conversations: readonly ConversationRow[],
): Promise<void> {
  const asking = conversations.filter(({ position }) => position > 0).map(({ id }) => id);
  for (const conversationId of await findRequestsOfTwo(tx, personId, asking)) {
    await setMemberState(tx, { conversationId, personId }, "declined");
    await noteMembership(tx, { conversationId, personId });
  }
}

/** Whoever writes into a conversation, or looks it up to write, has accepted it. */
export async function openForAuthor(tx: Transaction, conversationId: ConversationId, personId: PersonId) {
  const member = await findMember(tx, conversationId, personId);
  if (member === null || member.state === "accepted") return;
  await setMemberState(tx, { conversationId, personId }, "accepted");
  await noteMembership(tx, { conversationId, personId }, { meets: true });
}

/** Gives a changed side of a conversation the person's next own number, and tells their sessions. */
export async function noteMembership(
  tx: Transaction,
  key: { conversationId: ConversationId; personId: PersonId },
  { meets = false }: { meets?: boolean } = {},
) {
  const number = await takeNumber(tx, key.personId);
  await stampMember(tx, key, number);
  const { personId, conversationId } = key;
  record(tx, "membership.changed", { personId, conversationId, number, meets });
}

async function firstState(
  tx: Transaction,
  person: PersonRow,
  authorId: PersonId,
): Promise<MemberRow["state"]> {
  if (person.host !== null) return "accepted";
  const acquainted = await findAcquainted(tx, person.id, [authorId]);
  return acquainted.length > 0 ? "accepted" : "request";
}

function digestPeople(ids: readonly PersonId[]): string {
  return createHash("sha256").update(ids.toSorted().join(" ")).digest("base64url");
}

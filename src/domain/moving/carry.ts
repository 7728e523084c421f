import { findParticipants, lockConversations } from "#db/conversations.ts";
import { findGroupMembers } from "#db/groups.ts";
import { addJob } from "#db/jobs.ts";
import { areContacts, findContactsToCarry, findGroupsOf, isMoveTold, type Succession } from "#db/moving.ts";
import { findPersonById, type PersonRow } from "#db/people.ts";
import { findBlocks } from "#db/relations.ts";
import type { Queryable, Transaction } from "#db/connect.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { isAbove } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { findOrBegin, openForAuthor } from "../conversations.ts";
import { checkBan, checkRoom } from "../groups/admit.ts";
import { applyDecisions } from "../groups/apply.ts";
import type { Decision } from "../groups/decision.ts";
import { addressOf } from "../people.ts";
import { findSevered } from "../relations/severed.ts";
import { transact } from "../transact.ts";

/** The job that carries over what belongs to somebody who is another account now. */
export const CARRY_TASK = "carry-over";
const ATTEMPTS = 20;

export type { Succession };

/** What is carried over; `contactIds` are those of whom only the server that they come from knows. */
export interface CarryOrder extends Succession {
  contactIds?: readonly PersonId[];
}

/** Lets it be carried over, off the way of the request. */
export async function orderCarry(q: Queryable, order: CarryOrder): Promise<void> {
  await addJob(q, { task: CARRY_TASK, payload: order, attempts: ATTEMPTS });
}

/**
 * Carries over to an account what belonged to the one before it: whom they talked with, and their places in the groups that
 * this server keeps. Each is a transaction of its own that changes nothing the second time, so that it may end anywhere and
 * begin again. Nothing is carried to an account that they are not any more.
 */
export async function carryOver(ctx: Context, { contactIds = [], ...succession }: CarryOrder): Promise<void> {
  const found = await findTwo(ctx.db, succession);
  if (found === null) return;
  const contacts = await findContactsToCarry(ctx.db, succession);
  // The groups of others count on a server that knows what a group is.
  const isOfOurKind = found.to.host === null || found.to.signals !== null;
  const groups = isOfOurKind ? await findGroupsOf(ctx.db, succession.fromId, { kept: true }) : [];
  const failures: unknown[] = [];
  const apart = async (work: Promise<void>) =>
    await work.catch((error: unknown) => {
      failures.push(error);
      log("domain").warn("something that was to be carried over to another account was not", { error });
    });
  for (const contactId of new Set([...contacts, ...contactIds]))
    await apart(carryContact(ctx, { ...succession, contactId }));
  for (const { id } of groups) await apart(carryPlace(ctx, { ...succession, conversationId: id }));
  // What failed is tried again with all the rest, which changes nothing.
  if (failures.length > 0) throw new AggregateError(failures, "not everything was carried over");
}

/** Both accounts, as long as the one has become the other and that one is there. */
async function findTwo(
  q: Queryable,
  { fromId, toId }: Succession,
): Promise<{ from: PersonRow; to: PersonRow } | null> {
  const [from, to] = await Promise.all([findPersonById(q, fromId), findPersonById(q, toId)]);
  return from?.movedTo === toId && to?.state === "active" ? { from, to } : null;
}

/** Begins with a contact of the old account what goes on with the new one. */
async function carryContact(
  ctx: Context,
  { contactId, ...succession }: Succession & { contactId: PersonId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const [two, contact] = await Promise.all([findTwo(tx, succession), findPersonById(tx, contactId)]);
    if (two === null || contact === null || !(await mayGoOn(tx, { ...two, contact }))) return;
    const { from, to } = two;
    const pair =
      contact.host === null ? { author: contact, others: [to] } : { author: to, others: [contact] };
    const begun = await findOrBegin(ctx, tx, pair);
    const [conversation] = await lockConversations(tx, [begun.conversation.id]);
    const people = await findParticipants(tx, [begun.conversation.id]);
    // Who once refused this account keeps to it.
    if (conversation === undefined || people.some(({ state }) => state === "declined")) return;
    if (await isMoveTold(tx, conversation.id, succession)) return;
    const told = { type: "succeed", personId: to.id, fromId: from.id, role: "member", by: to.id } as const;
    const fromAddress = addressOf(ctx, from);
    await applyDecisions(ctx, tx, { conversation, decisions: [{ ...told, fromAddress, isKnown: true }] });
    for (const { person } of people.filter((each) => each.person.host === null))
      await openForAuthor(tx, conversation.id, person.id);
  });
}

/** Whom of our people somebody was accepted by, our own tables say and no other server; and nothing goes on behind a block. */
async function mayGoOn(
  tx: Transaction,
  { from, to, contact }: { from: PersonRow; to: PersonRow; contact: PersonRow },
): Promise<boolean> {
  if (contact.state !== "active" || contact.id === to.id || contact.id === from.id) return false;
  const isKnown = contact.host === null ? await areContacts(tx, from.id, contact.id) : to.host === null;
  return isKnown && (await findSevered(tx, contact.id, [from.id, to.id])).size === 0;
}

/** Puts the new account in the place of the old one in a group that is kept here. */
async function carryPlace(
  ctx: Context,
  { conversationId, ...succession }: Succession & { conversationId: ConversationId },
): Promise<void> {
  const { fromId, toId } = succession;
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    const two = await findTwo(tx, succession);
    if (two === null || conversation === undefined || conversation.state === "closed") return;
    const { from } = two;
    const members = await findGroupMembers(tx, conversationId);
    const place = members.find(({ person }) => person.id === fromId)?.member;
    if (place === undefined) return;
    const known = members.find(({ person }) => person.id === toId)?.member;
    const owner = members.find(({ member }) => member.role === "owner")?.person.id;
    if (known === undefined && !(await mayCome(tx, { ...succession, conversationId, owner }))) return;
    const role: Decision | null =
      known === undefined || !isAbove(place.role, known.role)
        ? null
        : place.role === "owner"
          ? { type: "transfer", personId: toId, by: fromId }
          : { type: "role", personId: toId, role: place.role, by: fromId };
    const succeed: Decision = {
      ...{ type: "succeed", personId: toId, fromId, fromAddress: addressOf(ctx, from) },
      ...{ role: place.role, by: toId, isKnown: true },
    };
    const leave: Decision = { type: "leave", personId: fromId };
    const decisions = known === undefined ? [succeed] : [...(role === null ? [] : [role]), leave];
    await applyDecisions(ctx, tx, { conversation, decisions });
  });
}

/**
 * Whoever was banned does not come back under a new name, nor does the owner of a group get one of the two into it whom they
 * block; and a group that is full by other servers stays as it is.
 */
async function mayCome(
  tx: Transaction,
  {
    conversationId,
    owner,
    fromId,
    toId,
  }: Succession & { conversationId: ConversationId; owner?: PersonId | undefined },
): Promise<boolean> {
  const blocks = owner === undefined ? [] : await findBlocks(tx, [owner, fromId, toId]);
  if (blocks.some(({ blockerId }) => blockerId === owner && owner !== fromId)) return false;
  try {
    await checkBan(tx, conversationId, [toId]);
    await checkRoom(tx, conversationId, { more: [toId], less: 1 });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

import { findMember, lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findFormerMember, findGroupMembers, updateFormer } from "#db/groups.ts";
import { findBanned } from "#db/former.ts";
import { findPeopleByIds, takeNumber, type KnownPerson } from "#db/people.ts";
import type { ConversationId, Id, PersonId } from "#lib/ids.ts";
import type { Permissions, Role } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { record, transact } from "../transact.ts";
import { applyDecisions } from "./apply.ts";
import { ask, type Wish } from "./ask.ts";
import { restate } from "./changes.ts";
import type { Decision, Facts } from "./decision.ts";
import { checkDescription, checkTitle } from "./facts.ts";
import { keepFacts } from "./heard-facts.ts";
import { actionsFor, checkAbove, checkMay, lockGroup, type LockedGroup, type OfMember } from "./permit.ts";

/** What came of it: done here, or asked of the server that keeps the group. */
export type Outcome = "done" | "asked";

interface Deciding {
  group: LockedGroup;
  by: PersonId;
  decisions: readonly Decision[];
  wish: Wish;
}

/** Decides where the group is kept here; else asks who keeps it. */
async function decide(
  ctx: Context,
  tx: Transaction,
  { group: { conversation, isKeptHere }, by, decisions, wish }: Deciding,
): Promise<Outcome> {
  if (!isKeptHere) return await ask(ctx, tx, { conversation, by, wish });
  await applyDecisions(ctx, tx, { conversation, decisions });
  return "done";
}

export interface GroupChange {
  title?: string;
  description?: string;
  permissions?: Permissions;
  history?: "joined" | "all";
  state?: "open" | "archived" | "closed";
  expireAfter?: number | null;
  pictureId?: Id<"picture"> | null;
  /** Instead of that, where another server has it. */
  pictureUrl?: string | null;
}

/** Changes what a group says of itself, each thing a line of its own. Refuses whoever may not. */
export async function changeGroup(
  ctx: Context,
  { change, ...of }: OfMember & { change: GroupChange },
): Promise<Outcome> {
  const wanted = {
    ...change,
    ...(change.title !== undefined && { title: checkTitle(change.title) }),
    ...(change.description !== undefined && { description: checkDescription(change.description) }),
  };
  return await transact(ctx, async (tx) => {
    const group = await lockGroup(ctx, tx, of);
    for (const action of actionsFor(wanted)) checkMay(group.conversation, group.member.role, action);
    const facts = await keepFacts(ctx, tx, wanted);
    return await changeLocked(ctx, tx, { group, by: of.personId, facts });
  });
}

/** The same in a group that is locked, by somebody who may. */
export async function changeLocked(
  ctx: Context,
  tx: Transaction,
  { group, by, facts }: Pick<Deciding, "group" | "by"> & { facts: Facts },
): Promise<Outcome> {
  const decisions = Object.entries(facts).map(([name, value]) => {
    return { type: "facts" as const, by, facts: { [name]: value } };
  });
  return await decide(ctx, tx, { group, by, decisions, wish: { type: "UpdateRoom", facts } });
}

export interface OfOther extends OfMember {
  otherId: PersonId;
}

/** Gives somebody below oneself another role, below one's own too. */
export async function setMemberRole(
  ctx: Context,
  { role, otherId, ...of }: OfOther & { role: Role },
): Promise<Outcome> {
  return await transact(ctx, async (tx) => {
    const group = await lockGroup(ctx, tx, of);
    checkMay(group.conversation, group.member.role, "govern");
    const other = await otherIn(tx, of.conversationId, otherId);
    checkAbove(group.member.role, other.role);
    checkAbove(group.member.role, role);
    const decisions = [{ type: "role" as const, personId: otherId, role, by: of.personId }];
    return await decide(ctx, tx, {
      group,
      by: of.personId,
      decisions,
      wish: { type: "AddMember", personId: otherId, role },
    });
  });
}

/** Makes another member the owner; oneself is an admin from then on. Whoever may say nothing may do it too, to leave. */
export async function transferGroup(ctx: Context, { otherId, ...of }: OfOther): Promise<Outcome> {
  return await transact(ctx, async (tx) => {
    const group = await lockGroup(ctx, tx, { ...of, action: "transfer", takesBack: true });
    if (otherId === of.personId) throw new Refusal("yourself", { field: "personId" });
    await otherIn(tx, of.conversationId, otherId);
    return await decide(ctx, tx, {
      group,
      by: of.personId,
      decisions: [{ type: "transfer", personId: otherId, by: of.personId }],
      wish: { type: "AddMember", personId: otherId, role: "owner" },
    });
  });
}

/** Takes somebody below oneself out of a group; `ban`: they do not come back, even if they went already. */
export async function removeMember(
  ctx: Context,
  { otherId, ban, ...of }: OfOther & { ban: boolean },
): Promise<Outcome> {
  return await transact(ctx, async (tx) => {
    const group = await lockGroup(ctx, tx, of);
    checkMay(group.conversation, group.member.role, "govern");
    const other =
      (await findMember(tx, of.conversationId, otherId)) ??
      (ban ? await findFormerMember(tx, { conversationId: of.conversationId, personId: otherId }) : null);
    if (other === null) throw new Refusal("not_found");
    checkAbove(group.member.role, other.role);
    return await decide(ctx, tx, {
      group,
      by: of.personId,
      decisions: [{ type: "remove", personId: otherId, by: of.personId, ban }],
      wish: { type: "RemoveMember", personId: otherId, ban },
    });
  });
}

/** Lets somebody come back who was banned; only where the group is kept. Doing it twice changes nothing. */
export async function unbanPerson(ctx: Context, { otherId, ...of }: OfOther): Promise<void> {
  await transact(ctx, async (tx) => {
    const { isKeptHere, conversation } = await lockGroup(ctx, tx, { ...of, action: "govern" });
    if (!isKeptHere) throw new Refusal("not_permitted");
    const key = { conversationId: conversation.id, personId: otherId };
    const [former, [person]] = await Promise.all([findFormerMember(tx, key), findPeopleByIds(tx, [otherId])]);
    if (former === null || person === undefined) throw new Refusal("not_found");
    if (former.state === "banned") await restate(tx, { former, person }, "removed");
  });
}

/** Whom a group has banned, for those who may lift it. */
export async function listBans(ctx: Context, of: OfMember): Promise<KnownPerson[]> {
  return await snapshot(ctx, async (tx) => {
    const member = await findMember(tx, of.conversationId, of.personId);
    if (member === null) throw new Refusal("not_found");
    if (member.role === "member") throw new Refusal("not_permitted");
    return await findBanned(tx, of.conversationId);
  });
}

/**
 * Goes out of a group. An owner hands it over before, unless nobody else is there: then it is closed. Here one is gone at
 * once, wherever the group is kept.
 */
export async function leaveGroup(ctx: Context, of: OfMember): Promise<void> {
  await transact(ctx, async (tx) => {
    const { conversation, member, isKeptHere } = await lockGroup(ctx, tx, { ...of, takesBack: true });
    const { personId } = of;
    const present = await findGroupMembers(tx, conversation.id);
    const isLast = present.every(({ person }) => person.id === personId);
    if (member.role === "owner" && !isLast) throw new Refusal("owner_must_transfer");
    if (!isKeptHere) await ask(ctx, tx, { conversation, by: personId, wish: { type: "Leave" } });
    const closes = isLast && isKeptHere && conversation.state !== "closed";
    const close: Decision = { type: "facts", by: personId, facts: { state: "closed" } };
    await applyDecisions(ctx, tx, {
      conversation,
      decisions: [...(closes ? [close] : []), { type: "leave", personId }],
    });
  });
}

/** Takes a group in which somebody is no more out of their list. Refuses members. */
export async function forgetGroup(
  ctx: Context,
  { personId, conversationId }: { personId: PersonId; conversationId: ConversationId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockConversations(tx, [conversationId]);
    const former = await findFormerMember(tx, { personId, conversationId });
    if (former === null || former.forgottenAt !== null) throw new Refusal("not_found");
    const number = await takeNumber(tx, personId);
    await updateFormer(tx, former, { number, forgottenAt: ctx.now() });
    record(tx, "conversation.forgotten", { personId, conversationId, number });
  });
}

async function otherIn(tx: Transaction, conversationId: ConversationId, otherId: PersonId) {
  const other = await findMember(tx, conversationId, otherId);
  if (other === null) throw new Refusal("not_found");
  return other;
}

import type { Transaction } from "#db/connect.ts";
import type { ConversationRow } from "#db/conversations.ts";
import { insertInvitations, stampInvitations } from "#db/invitations.ts";
import type { Invitee } from "#db/invitees.ts";
import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import { findBlocks } from "#db/relations.ts";
import { newId, type ConversationId, type InvitationId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { checkBegun, limitInvitations } from "../requests/quota.ts";
import { checkTalks } from "../server-rules.ts";
import { checkReach } from "../servers.ts";
import { transact } from "../transact.ts";
import { admit, checkRoom } from "./admit.ts";
import { ask } from "./ask.ts";
import { tellInvited } from "./invitations.ts";
import { lockGroup } from "./permit.ts";
import { tellServers } from "./tell-server.ts";

/** Several people are asked into a locked group that is kept here. */
export interface InvitePeople {
  conversation: ConversationRow;
  inviter: PersonRow;
  people: readonly PersonRow[];
  /** The input at fault when one of them cannot be asked. */
  field?: string;
}

/**
 * Asks people into a group. Nobody is put into one unasked but those whose servers know no invitations. Whoever blocks
 * the inviter gets nothing, and the inviter does not notice. One who cannot be asked makes that none are.
 */
export async function invitePeople(
  ctx: Context,
  tx: Transaction,
  input: InvitePeople,
): Promise<InvitationId[]> {
  const { conversation, inviter, field = "address" } = input;
  const people = [...new Map(input.people.map((person) => [person.id, person])).values()];
  if (people.length === 0) return [];
  const invitees = await limitInvitations(ctx, tx, {
    inviter,
    keeper: null,
    conversationId: conversation.id,
    people,
  });
  for (const person of people)
    await checkInvited(ctx, tx, { person, invitee: invitees.get(person.id)!, field });
  const asked = people.filter(({ id }) => invitees.get(id)!.openId === null);
  await checkRoom(tx, conversation.id, { more: asked.map(({ id }) => id), field });
  const kept = await findBlocked(tx, { inviter, people });
  const rows = await writeInvitations(ctx, tx, { conversation, inviter, people: asked, kept });
  const asksStrangers = asked.some(({ id }) => invitees.get(id)!.isStranger);
  if (inviter.host === null && asksStrangers) await checkBegun(ctx, tx, inviter);
  const open = people.flatMap(({ id }) => invitees.get(id)!.openId ?? []);
  return [...open, ...rows];
}

/** Refuses to ask somebody who is there, must not be, or has said no. */
async function checkInvited(
  ctx: Context,
  tx: Transaction,
  { person, invitee, field }: { person: PersonRow; invitee: Invitee; field: string },
): Promise<void> {
  if (person.state !== "active" || person.kind === "application")
    throw new Refusal("address_unknown", { field });
  if (invitee.isMember) throw new Refusal("already_member", { field });
  if (invitee.isBanned) throw new Refusal("banned", { field });
  if (invitee.hasRejected) throw new Refusal("invitation_rejected", { field });
  if (person.host === null) return;
  await checkTalks(ctx, person.host, tx);
  if (isLegacy(person)) await checkReach(tx, person);
}

/** Whether their server knows no invitations: then they are in a group as soon as they are asked. */
export function isLegacy({ host, signals }: Pick<PersonRow, "host" | "signals">): boolean {
  return host !== null && signals === null;
}

/** Who of some people blocks the inviter. Refuses whom the inviter blocks. */
async function findBlocked(
  tx: Transaction,
  { inviter, people }: Pick<InvitePeople, "inviter" | "people">,
): Promise<Set<PersonId>> {
  const among = new Set(people.map(({ id }) => id));
  const blocks = await findBlocks(tx, [inviter.id, ...among]);
  const own = blocks.some(({ blockerId, blockedId }) => blockerId === inviter.id && among.has(blockedId));
  if (own) throw new Refusal("you_blocked");
  const kept = blocks.filter(({ blockedId }) => blockedId === inviter.id);
  return new Set(kept.map(({ blockerId }) => blockerId).filter((id) => among.has(id)));
}

interface Writing extends InvitePeople {
  kept: ReadonlySet<PersonId>;
}

/** Lets those in at once who know no invitations; the others are asked, but for those who block the inviter. */
async function writeInvitations(
  ctx: Context,
  tx: Transaction,
  { conversation, inviter, people, kept }: Writing,
): Promise<InvitationId[]> {
  const heard = people.filter(({ id }) => !kept.has(id));
  const smart = heard.filter((person) => person.host !== null && !isLegacy(person));
  const detail = { inviterId: inviter.id, epoch: conversation.chatEpoch };
  const activities = await tellServers(ctx, tx, {
    actorId: conversation.keeperId!,
    conversationId: conversation.id,
    said: smart.map((to) => ({ type: "Invite", detail, to, otherId: to.id })),
  });
  const sent = new Map(smart.map(({ id }, index) => [id, activities[index] ?? null]));
  const joining = heard.filter(isLegacy);
  if (joining.length > 0)
    await admit(ctx, tx, {
      conversation,
      people: joining.map(({ id }) => ({ personId: id, by: inviter.id })),
    });
  const now = ctx.now();
  const rows = people.map((person) => ({
    id: newId<"invitation">(),
    conversationId: conversation.id,
    personId: person.id,
    inviterId: inviter.id,
    state: joining.includes(person) ? ("accepted" as const) : ("pending" as const),
    title: conversation.title,
    activityId: sent.get(person.id) ?? null,
    createdAt: now,
    changedAt: now,
  }));
  await insertInvitations(tx, rows);
  const here = new Set(heard.filter(({ host }) => host === null).map(({ id }) => id));
  const shown = rows.filter(({ personId }) => here.has(personId));
  tellInvited(tx, await stampInvitations(tx, shown));
  return rows.map(({ id }) => id);
}

export interface InvitePerson {
  /** A member, here or elsewhere. */
  personId: PersonId;
  conversationId: ConversationId;
  inviteeId: PersonId;
  /** What the member knew of the group; null when they live here. */
  epoch?: number | null;
}

/** One member asks somebody in. Answers the invitation; null when the server that keeps the group was asked to. */
export async function invitePerson(ctx: Context, input: InvitePerson): Promise<InvitationId | null> {
  return await transact(ctx, async (tx) => {
    const { conversation, isKeptHere } = await lockGroup(ctx, tx, { ...input, action: "invite" });
    const found = await findPeopleByIds(tx, [input.personId, input.inviteeId]);
    const [inviter, invitee] = [input.personId, input.inviteeId].map((id) =>
      found.find((person) => person.id === id),
    );
    if (inviter === undefined || invitee === undefined)
      throw new Refusal("address_unknown", { field: "address" });
    if (isKeptHere) {
      const [id] = await invitePeople(ctx, tx, { conversation, inviter, people: [invitee] });
      return id!;
    }
    const wish = { type: "Invite", personId: invitee.id, inviterId: null } as const;
    await ask(ctx, tx, { conversation, by: inviter.id, wish });
    return null;
  });
}

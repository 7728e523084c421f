import { and, asc, eq, gt, inArray, sql, type SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ActivityId, ConversationId, InvitationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { lockPeople, type Since } from "./people.ts";
import { conversation } from "./schema/conversations.ts";
import { invitation } from "./schema/groups.ts";
import { person } from "./schema/people.ts";

export type InvitationRow = typeof invitation.$inferSelect;
export type NewInvitation = typeof invitation.$inferInsert;

/** Those that still wait for an answer. */
const open = ["pending", "asked"] as const;

const inviter = alias(person, "inviter");
const keeper = alias(person, "keeper");

/** Invitations with what is shown of them: who invites, and the group as it is known here. */
function findShown(q: Queryable, where: SQL | undefined) {
  return q
    .select({
      invitation,
      person,
      inviter,
      keeperHost: keeper.host,
      group: { title: conversation.title, pictureId: conversation.pictureId },
    })
    .from(invitation)
    .innerJoin(person, eq(person.id, invitation.personId))
    .innerJoin(inviter, eq(inviter.id, invitation.inviterId))
    .leftJoin(keeper, eq(keeper.id, invitation.keeperId))
    .leftJoin(conversation, eq(conversation.id, invitation.conversationId))
    .where(where);
}

export type ShownInvitation = Awaited<ReturnType<typeof findShown>>[number];

/** Whether the invited person is shown it: one by somebody whom they block has no number of theirs. */
const isTheirs = (personId: PersonId) => and(eq(invitation.personId, personId), gt(invitation.number, 0));

/** Those that their people are shown. */
const shown = [...open, "refused"] as const;

/** What somebody has been asked and has not answered, where they ask, and where they were not let in. */
export async function findOpenInvitations(q: Queryable, personId: PersonId): Promise<ShownInvitation[]> {
  return await findShown(q, and(isTheirs(personId), inArray(invitation.state, [...shown]))).orderBy(
    asc(invitation.number),
  );
}

/** Whom members of a group have invited and who has not answered, oldest first. */
export async function findInvited(
  q: Queryable,
  conversationId: ConversationId,
  limit: number,
): Promise<ShownInvitation[]> {
  const waits = and(eq(invitation.conversationId, conversationId), eq(invitation.state, "pending"));
  return await findShown(q, waits).orderBy(asc(invitation.id)).limit(limit);
}

export async function findInvitation(q: Queryable, id: InvitationId): Promise<ShownInvitation | null> {
  const rows = await findShown(q, eq(invitation.id, id));
  return rows[0] ?? null;
}

/** How whoever is invited names an invitation: people of this server by its id, others by the activity that brought it. */
export type OwnInvitation = { id: InvitationId } | { activityId: ActivityId };

/** An invitation of one person, if they are shown it. */
export async function findOwnInvitation(
  q: Queryable,
  personId: PersonId,
  own: OwnInvitation,
): Promise<InvitationRow | null> {
  const isMeant =
    "id" in own
      ? and(isTheirs(personId), eq(invitation.id, own.id))
      : and(eq(invitation.personId, personId), eq(invitation.activityId, own.activityId));
  const rows = await q.select().from(invitation).where(isMeant);
  return rows[0] ?? null;
}

/** That somebody of this server asks to be let into a group elsewhere, or did; by the group, or by our `Join`. */
export async function findAsking(
  q: Queryable,
  {
    keeperId,
    ...of
  }: { keeperId: PersonId } & ({ activityId: ActivityId } | { personId: PersonId; roomUri: string }),
): Promise<InvitationRow | null> {
  const isMeant =
    "activityId" in of
      ? eq(invitation.activityId, of.activityId)
      : and(eq(invitation.personId, of.personId), eq(invitation.roomUri, of.roomUri));
  const rows = await q
    .select()
    .from(invitation)
    .where(and(isMeant, eq(invitation.keeperId, keeperId), eq(invitation.state, "asked")))
    .limit(1);
  return rows[0] ?? null;
}

/** The one that another server's `Invite` of this id brought. */
export async function findInvitationByUri(q: Queryable, uri: string): Promise<InvitationRow | null> {
  const rows = await q.select().from(invitation).where(eq(invitation.uri, uri));
  return rows[0] ?? null;
}

/** What changed of somebody's invitations after their number `after`. */
export async function findInvitationsSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select({ number: invitation.number, id: invitation.id })
    .from(invitation)
    .where(and(eq(invitation.personId, personId), gt(invitation.number, since.after)))
    .orderBy(asc(invitation.number))
    .limit(since.limit);
}

export async function findInvitationsByIds(q: Queryable, ids: readonly InvitationId[]) {
  return ids.length === 0 ? [] : await findShown(q, inArray(invitation.id, [...ids]));
}

/** Who waits for an answer of a group, or is to give one, or still sees that it was no. */
export async function findAsked(q: Queryable, conversationId: ConversationId): Promise<PersonId[]> {
  const isSeen = and(eq(invitation.conversationId, conversationId), inArray(invitation.state, [...shown]));
  const rows = await q.selectDistinct({ id: invitation.personId }).from(invitation).where(isSeen);
  return rows.map(({ id }) => id);
}

export async function insertInvitations(tx: Transaction, rows: readonly NewInvitation[]): Promise<void> {
  if (rows.length > 0) await tx.insert(invitation).values([...rows]);
}

/** Which invitations a change is about; only open ones change. */
export interface Which {
  ids?: readonly InvitationId[];
  /** By what brought them to another server. */
  activityIds?: readonly ActivityId[];
  conversationId?: ConversationId;
  /** Who is invited. */
  people?: readonly PersonId[];
  inviterId?: PersonId;
  /** What other servers call the group. */
  roomUri?: string;
  is?: "pending" | "asked" | "accepted" | "refused";
}

/** Whom somebody has asked in who are shown it. */
export async function findInvitedBy(q: Queryable, inviterId: PersonId): Promise<PersonId[]> {
  const rows = await q
    .selectDistinct({ personId: invitation.personId })
    .from(invitation)
    .where(and(inArray(invitation.state, [...shown]), eq(invitation.inviterId, inviterId)));
  return rows.map(({ personId }) => personId);
}

/** What changed of an invitation, for whom. */
export interface ChangedInvitation {
  id: InvitationId;
  personId: PersonId;
  number: number;
}

/** Changes open invitations (without a state all that are shown are told anew), and answers those that their people are shown. */
export async function changeInvitations(
  tx: Transaction,
  which: Which,
  { state, now }: { state?: InvitationRow["state"]; now: Date },
): Promise<ChangedInvitation[]> {
  // What is shown stays true, also of one that was answered with no.
  const meant = state === undefined ? shown : open;
  const rows = await tx
    .update(invitation)
    .set({ changedAt: now, ...(state !== undefined && { state }) })
    .where(
      and(
        inArray(invitation.state, which.is === undefined ? [...meant] : [which.is]),
        which.ids && inArray(invitation.id, [...which.ids]),
        which.activityIds && inArray(invitation.activityId, [...which.activityIds]),
        which.conversationId && eq(invitation.conversationId, which.conversationId),
        which.people && inArray(invitation.personId, [...which.people]),
        which.roomUri === undefined ? undefined : eq(invitation.roomUri, which.roomUri),
        which.inviterId && eq(invitation.inviterId, which.inviterId),
      ),
    )
    .returning({ id: invitation.id, personId: invitation.personId, number: invitation.number });
  return await stampInvitations(
    tx,
    rows.filter(({ number }) => number > 0),
  );
}

/** Gives each of some invitations the next own number of its person. */
export async function stampInvitations(
  tx: Transaction,
  rows: readonly { id: InvitationId; personId: PersonId }[],
): Promise<ChangedInvitation[]> {
  if (rows.length === 0) return [];
  await lockPeople(
    tx,
    rows.map(({ personId }) => personId),
  );
  const ids = sql.param(rows.map(({ id }) => id));
  const changed = await tx.execute<{ id: InvitationId; person_id: PersonId; number: string }>(sql`
    with told as (
      select id, person_id, row_number() over (partition by person_id order by id) as nth
      from invitation where id = any (${ids}::uuid[])
    ), last as (
      update person set number = person.number + counted.count
      from (select person_id, count(*) from told group by person_id) as counted
      where person.id = counted.person_id
      returning person.id, person.number - counted.count as before
    )
    update invitation set number = last.before + told.nth from told join last on last.id = told.person_id
    where invitation.id = told.id
    returning invitation.id, invitation.person_id, invitation.number`);
  return changed
    .map(({ id, person_id: personId, number }) => ({ id, personId, number: Number(number) }))
    .toSorted((a, b) => a.number - b.number);
}

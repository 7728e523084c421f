import { and, asc, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { ActivityId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import type { Since } from "./people.ts";
import { activity, delivery, type ActivityType } from "./schema/federation.ts";

/** What somebody wants done in a group that another server keeps. A server's own invitations are none of these. */
const wishes = [
  "Invite",
  "AddMember",
  "RemoveMember",
  "UpdateRoom",
  "DeleteMessage",
] as const satisfies ActivityType[];
export type WishType = (typeof wishes)[number];

const isWish = and(
  inArray(activity.type, [...wishes]),
  or(sql`${activity.type} <> 'Invite'`, sql`${activity.detail}->>'inviterId' is null`),
);
const refusal = {
  activityId: activity.id,
  type: sql<WishType>`${activity.type}`,
  conversationId: activity.conversationId,
  host: delivery.host,
  state: delivery.state,
  reason: delivery.reason,
  number: delivery.number,
};

/** Those of some activities by which somebody wanted something done in a group that another server keeps. */
export async function findWishes(q: Queryable, ids: readonly ActivityId[]): Promise<ActivityId[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .select({ id: activity.id })
    .from(activity)
    .where(and(inArray(activity.id, [...ids]), isWish));
  return rows.map(({ id }) => id);
}

/** What of a person's wishes was refused, or could not be told, after their number `after`. */
export async function findRefusedSince(q: Queryable, personId: PersonId, { after, limit }: Since) {
  return await q
    .select(refusal)
    .from(delivery)
    .innerJoin(activity, eq(activity.id, delivery.activityId))
    .where(
      and(eq(delivery.authorId, personId), gt(delivery.number, after), isNull(delivery.messageId), isWish),
    )
    .orderBy(asc(delivery.number))
    .limit(limit);
}

/** A wish that was refused, or could not be told. */
export type RefusedWish = Awaited<ReturnType<typeof findRefusedSince>>[number];

/** One wish that was refused, or could not be told. */
export async function findRefused(q: Queryable, id: ActivityId): Promise<RefusedWish | null> {
  const rows = await q
    .select(refusal)
    .from(delivery)
    .innerJoin(activity, eq(activity.id, delivery.activityId))
    .where(and(eq(delivery.activityId, id), isWish));
  return rows[0] ?? null;
}

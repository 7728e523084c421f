import { findGroupMembers } from "#db/groups.ts";
import { addAlias } from "#domain/moving/aliases.ts";
import { carryOver, type CarryOrder } from "#domain/moving/carry.ts";
import { moveAway } from "#domain/moving/move-away.ts";
import { moveRemotePerson } from "#domain/moving/take-in.ts";
import type { PersonRow } from "#domain/people.ts";
import { listConversations } from "#domain/read.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { World } from "./world.ts";

/** Does what waits to be carried over, as a worker does, as often as it is asked to. */
export async function carry({ ctx, connection }: World, times = 1): Promise<void> {
  const jobs = await connection.sql<{ payload: CarryOrder }[]>`
    select payload from graphile_worker._private_jobs order by id`;
  for (const { payload } of jobs) for (let time = 0; time < times; time += 1) await carryOver(ctx, payload);
  await connection.sql`delete from graphile_worker._private_jobs`;
}

/** Lets one account say that it is the other, too. */
export async function agree({ ctx }: World, { from, to }: { from: PersonRow; to: PersonRow }): Promise<void> {
  await addAlias(ctx, { personId: to.id, otherId: from.id });
}

/** Goes on as another account, which agrees already. */
export const move = (world: World, { from, to }: { from: PersonRow; to: PersonRow }) =>
  from.host === null
    ? moveAway(world.ctx, { personId: from.id, toId: to.id })
    : moveRemotePerson(world.ctx, { uri: from.uri!, toId: to.id });

/** Lets the servers of some people be of our own kind. */
export async function makeKind(world: World, ...people: readonly PersonRow[]): Promise<void> {
  for (const { id } of people)
    await world.connection.sql`update person set signals = 'https://b.example/signals' where id = ${id}`;
}

/** Who is in a group, and as what. */
export const roles = async ({ ctx }: World, id: ConversationId) =>
  (await findGroupMembers(ctx.db, id)).map(({ person, member }) => `${person.handle} ${member.role}`);

/** With whom somebody talks, and how many messages and lines there are. */
export async function contactsOf(
  { ctx }: World,
  personId: PersonId,
  state: "accepted" | "request" = "accepted",
) {
  const { views } = await listConversations(ctx, { personId, state, before: null, limit: 50 });
  return views.map(({ members, conversation }) => {
    const others = members.filter(({ person }) => person.id !== personId);
    const names = others.map(({ person }) => `${person.handle}@${person.host ?? "a.example"}`);
    return `${names.join(" ")} ${conversation.position}`;
  });
}

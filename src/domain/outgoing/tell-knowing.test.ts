import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { upsertRemotePerson, type PersonRow } from "#db/people.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { deleteRemotePerson } from "../people.ts";
import { blockPerson } from "../relations/change.ts";
import { transact } from "../transact.ts";
import { describeActivity } from "./describe.ts";
import { tellKnowing, type OfSelf } from "./tell-knowing.ts";

async function tell(
  { ctx }: World,
  { id: personId }: PersonRow,
  activity: OfSelf = { type: "UpdatePerson" },
) {
  return await transact(ctx, (tx) => tellKnowing(ctx, tx, { personId, activity }));
}

async function deliveries({ ctx }: World): Promise<string[]> {
  const rows = await ctx.db.execute<{ handle: string; host: string; type: string }>(sql`
    select p.handle, d.host, a.type from delivery d
    join person p on p.id = d.recipient_id join activity a on a.id = d.activity_id
    where a.type in ('UpdatePerson', 'DeletePerson', 'Move') order by d.id`);
  return rows.map(({ type, handle, host }) => `${type} ${handle}@${host}`);
}

/** Gives somebody's server an inbox for everybody there. */
async function share({ ctx }: World, person: PersonRow): Promise<void> {
  const { uri, host } = person;
  await upsertRemotePerson(ctx.db, { ...person, uri: uri!, sharedInbox: `https://${host}/inbox` });
}

test("each server that somebody is known to hears of them once, at an inbox for everybody if it has one", async () => {
  const world = await createWorld();
  const [ann, cy] = [await world.local("ann"), await world.local("cy")];
  const [bo, bea, dan] = [
    await world.remote("bo"),
    await world.remote("bea"),
    await world.remote("dan", "d.example"),
  ];
  await world.remote("eve", "e.example"); // nobody here ever met her
  for (const other of [cy, bo, bea, dan]) await world.between(ann, other);
  await share(world, bea);
  const before = world.events.length;
  const id = await tell(world, ann);
  expect(await deliveries(world)).toEqual(["UpdatePerson bea@b.example", "UpdatePerson dan@d.example"]);
  expect(world.events.slice(before)).toEqual([{ name: "activities.due" }]);
  expect(await describeActivity(world.ctx, id!)).toMatchObject({ type: "UpdatePerson", audience: [] });
});

test("a server is told by somebody who is still there, also where people only were together", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, bea] = [await world.local("ann"), await world.remote("bo"), await world.remote("bea")];
  for (const other of [bo, bea]) await world.between(ann, other);
  await share(world, bo);
  await deleteRemotePerson(ctx, { uri: bo.uri! });
  await tell(world, ann);
  expect(await deliveries(world)).toEqual(["UpdatePerson bea@b.example"]);
});

test("members of a group know each other, and who blocks somebody knows them", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, cy] = [await world.local("ann"), await world.local("cy")];
  const [bo, dan] = [await world.remote("bo"), await world.remote("dan", "d.example")];
  await groupOf(world, [ann, cy, bo]);
  await world.between(cy, dan);
  await blockPerson(ctx, { personId: cy.id, otherId: dan.id, kind: "silent" });
  await tell(world, ann);
  expect(await deliveries(world)).toEqual(["UpdatePerson bo@b.example"]);
  await tell(world, cy, { type: "Move", otherId: dan.id });
  expect(await deliveries(world)).toEqual([
    "UpdatePerson bo@b.example",
    "Move bo@b.example",
    "Move dan@d.example",
  ]);
});

test("of whom nobody elsewhere knows, nobody is told", async () => {
  const world = await createWorld();
  const [ann, cy] = [await world.local("ann"), await world.local("cy")];
  await world.between(ann, cy);
  expect(await tell(world, ann)).toBeNull();
  expect(await deliveries(world)).toEqual([]);
});

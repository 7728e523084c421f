import { expect, test } from "vitest";
import { presentPersonalChange } from "#present/changes.ts";
import { fetchState, openSession, shown } from "../../../test/helpers/law-session.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { GIVE_UP_MS, giveUpStale, leaseLanes, nextDelivery, releaseLane } from "../lanes.ts";
import { addReaction } from "../messages/react.ts";
import { readPersonalChanges } from "../personal-changes.ts";
import { settleDelivery, type Outcome } from "../settle.ts";
import { changeGroup, setMemberRole } from "./verbs.ts";

/** A group that another server keeps, in which are ann, who may, bo, and di of that server. */
async function begin() {
  const world = await createWorld();
  const { ctx, connection } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const keeper = await world.remote("keeper");
  const id = await groupOf(world, [ann, bo, await world.remote("di")]);
  await connection.sql`
    update conversation set uri = 'https://b.example/r/1', keeper_id = ${keeper.id} where id = ${id}`;
  await connection.sql`update delivery set state = 'accepted'`;
  const session = await openSession(world, ann);
  const own = { personId: ann.id, conversationId: id };
  const changes = async (after: number) => {
    const { changes: found } = await readPersonalChanges(ctx, { personId: ann.id, after, limit: 10 });
    return found.map((change) => presentPersonalChange(ctx.settings, change));
  };
  const attempt = async (outcome: Outcome) => {
    const [lane] = await leaseLanes(ctx, { limit: 1, leaseMs: 60_000 });
    const delivery = (await nextDelivery(ctx, lane!))!;
    const { goOn } = await settleDelivery(ctx, { lane: lane!, deliveryId: delivery.id, outcome });
    if (goOn) await releaseLane(ctx, lane!);
    await session.settled();
  };
  const isInStep = async () => {
    await session.settled();
    expect(shown(session.state())).toEqual(await fetchState(world, ann.id));
  };
  return { world, own, ann, bo, keeper, session, changes, attempt, isInStep };
}

test("whoever asked a group's keeper for something that it did not do is told so, once, with the reason that it gave", async () => {
  const { world, own, ann, keeper, session, changes, attempt, isInStep } = await begin();
  expect(await changeGroup(world.ctx, { ...own, change: { title: "Choir" } })).toBe("asked");
  const before = session.state().number;
  const refused = (number: number, asked: string, reason: string | null) => ({
    type: "wish.refused",
    number,
    wish: { conversationId: own.conversationId, asked, host: keeper.host, reason },
  });
  await attempt({ state: "refused", reason: "stale_epoch" });
  expect(await changes(before)).toEqual([refused(before + 1, "change", "stale_epoch")]);
  expect(world.events.filter(({ name }) => name === "wish.refused")).toMatchObject([{ personId: ann.id }]);
  await isInStep();
});

test("what is done is told by the log alone, and a refused reaction by nothing", async () => {
  const { world, own, bo, ann, changes, attempt, session, isInStep } = await begin();
  const before = session.state().number;
  await setMemberRole(world.ctx, { ...own, otherId: bo.id, role: "admin" });
  await attempt({ state: "accepted" });
  const said = await world.say(bo, own.conversationId, "hello");
  await attempt({ state: "accepted" });
  await addReaction(world.ctx, { personId: ann.id, messageId: said.id, emoji: "👍" });
  await attempt({ state: "refused", reason: "http_403" });
  expect(await changes(before)).toEqual([]);
  await isInStep();
});

test("what could not be asked for seven days is told as that", async () => {
  const { world, own, bo, keeper, changes, attempt, session, isInStep } = await begin();
  const before = session.state().number;
  await setMemberRole(world.ctx, { ...own, otherId: bo.id, role: "admin" });
  await attempt({ state: "retry", reason: "network", silent: true });
  expect(await changes(before)).toEqual([]);
  world.pass(GIVE_UP_MS);
  await giveUpStale(world.ctx);
  await isInStep();
  const wish = { conversationId: own.conversationId, asked: "role", host: keeper.host, reason: null };
  expect(await changes(before)).toEqual([{ type: "wish.refused", number: before + 1, wish }]);
});

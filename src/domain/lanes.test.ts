import { expect, test } from "vitest";
import { createWorld, type World } from "../../test/helpers/world.ts";
import type { PersonRow } from "#db/people.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { leaseLanes, nextDelivery, nextDue, releaseLane, type Lane } from "./lanes.ts";
import { settleDelivery, type Outcome } from "./settle.ts";
import { readMessage } from "./read.ts";

const SECOND = 1_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const LEASE = 10 * SECOND;

const accepted: Outcome = { state: "accepted" };
const unanswered: Outcome = { state: "retry", reason: "timeout", silent: true };

/** Ann of this server, and what is told to her. */
async function createSender() {
  const world = await createWorld();
  const ann = await world.local("ann");
  const told = () => world.events.filter(({ name }) => name === "delivery.changed").length;
  return { ...world, ann, told };
}

/** A conversation of ann's with somebody at a host. */
async function converse(
  world: World,
  ann: PersonRow,
  [handle, host]: [string, string],
): Promise<ConversationId> {
  return await world.between(ann, await world.remote(handle, host));
}

const lease = (world: World, limit = 16) => leaseLanes(world.ctx, { limit, leaseMs: LEASE });

async function leaseOne(world: World): Promise<Lane> {
  const [lane, ...others] = await lease(world);
  if (lane === undefined || others.length > 0) throw new Error("one lane was expected");
  return lane;
}

/** One attempt at whatever stands first in a leased lane. */
async function attempt(world: World, lane: Lane, outcome: Outcome): Promise<{ goOn: boolean }> {
  const delivery = await nextDelivery(world.ctx, lane);
  if (delivery === null) throw new Error("nothing waits");
  return await settleDelivery(world.ctx, { lane, deliveryId: delivery.id, outcome });
}

/** Moves the clock to where the next lane is due. */
async function passUntilDue(world: World): Promise<void> {
  const due = await nextDue(world.ctx);
  if (due === null) throw new Error("nothing is due");
  world.pass(Math.max(0, due.getTime() - world.ctx.now().getTime()) + 1);
}

async function stateOf(world: World, ann: PersonRow, message: { id: MessageId }) {
  const { deliveries } = await readMessage(world.ctx, { personId: ann.id, messageId: message.id });
  return deliveries.map(({ state, reason }) => [state, reason]);
}

test("a message that cannot be delivered for seven days is given up, and the next one has its turn", async () => {
  const world = await createSender();
  const { ann, ctx } = world;
  const conversation = await converse(world, ann, ["bo", "b.example"]);
  const first = await world.say(ann, conversation, "one");
  const began = ctx.now().getTime();
  world.pass(6 * DAY);
  const second = await world.say(ann, conversation, "two");
  while (ctx.now().getTime() - began < 7 * DAY) {
    expect(await attempt(world, await leaseOne(world), unanswered)).toEqual({ goOn: false });
    expect(await stateOf(world, ann, first)).toEqual([["waiting", "timeout"]]);
    await passUntilDue(world);
  }
  const lane = await leaseOne(world);
  expect(await attempt(world, lane, unanswered)).toEqual({ goOn: true });
  expect(await stateOf(world, ann, first)).toEqual([["gave-up", "timeout"]]);
  expect(await stateOf(world, ann, second)).toEqual([["waiting", null]]);
  expect(await attempt(world, lane, accepted)).toEqual({ goOn: true });
  expect(await stateOf(world, ann, second)).toEqual([["accepted", null]]);
  expect(await nextDelivery(ctx, lane)).toBeNull();
  expect(ctx.now().getTime() - began).toBeLessThan(7 * DAY + 2 * HOUR);
});

test("failures for one reason are told once, another reason and the end once each", async () => {
  const world = await createSender();
  const { ann } = world;
  await world.say(ann, await converse(world, ann, ["bo", "b.example"]), "one");
  const before = world.told();
  const reasons: [Outcome, number][] = [
    [unanswered, 1],
    [unanswered, 1],
    [unanswered, 1],
    [{ state: "retry", reason: "http_500" }, 2],
    [{ state: "retry", reason: "http_500" }, 2],
    [accepted, 3],
  ];
  for (const [outcome, told] of reasons) {
    await passUntilDue(world);
    await attempt(world, await leaseOne(world), outcome);
    expect(world.told() - before).toBe(told);
  }
});

test("a host that fails three times in a row is left alone with all its lanes, until it answers once", async () => {
  const world = await createSender();
  const { ann } = world;
  const names = ["bo", "cy", "di"];
  for (const name of names) await world.say(ann, await converse(world, ann, [name, "b.example"]), name);
  // Three lanes at once of a host of which nothing bad is known; each fails.
  const lanes = await lease(world);
  expect(lanes).toHaveLength(3);
  for (const lane of lanes) await attempt(world, lane, unanswered);
  await world.say(ann, await converse(world, ann, ["ed", "b.example"]), "a lane that never failed");
  expect(await lease(world)).toEqual([]);
  const other = await converse(world, ann, ["flo", "c.example"]);
  await world.say(ann, other, "elsewhere");
  expect((await lease(world)).map(({ host }) => host)).toEqual(["c.example"]);
  world.pass(4 * SECOND); // the longest pause after three failures
  const probe = (await lease(world)).filter(({ host }) => host === "b.example");
  expect(probe).toHaveLength(1);
  await attempt(world, probe[0]!, accepted);
  expect((await lease(world)).filter(({ host }) => host === "b.example")).toHaveLength(3);
});

test("a host that failed gets one lane at a time, a healthy one several", async () => {
  const world = await createSender();
  const { ann } = world;
  for (const host of ["b.example", "c.example"])
    for (const name of ["bo", "cy", "di", "ed", "flo"])
      await world.say(ann, await converse(world, ann, [name, host]), name);
  const count = (lanes: readonly Lane[], host: string) => lanes.filter((lane) => lane.host === host).length;
  const first = await lease(world);
  expect([count(first, "b.example"), count(first, "c.example")]).toEqual([4, 4]);
  const [failed] = first.filter(({ host }) => host === "b.example");
  await attempt(world, failed!, unanswered);
  for (const lane of first.filter((each) => each !== failed)) await releaseLane(world.ctx, lane);
  world.pass(SECOND);
  const second = await lease(world);
  expect([count(second, "b.example"), count(second, "c.example")]).toEqual([1, 4]);
  expect(count(await lease(world), "b.example")).toBe(0);
});

test("answers that speak of one message close no host", async () => {
  const world = await createSender();
  const { ann } = world;
  await world.say(ann, await converse(world, ann, ["bo", "b.example"]), "poison");
  for (let n = 0; n < 5; n += 1) {
    await passUntilDue(world);
    await attempt(world, await leaseOne(world), { state: "retry", reason: "http_500" });
  }
  await world.say(ann, await converse(world, ann, ["cy", "b.example"]), "fine");
  expect(await lease(world)).toHaveLength(1);
});

test("a lane whose lease ran out is taken by another; the late worker moves it no more", async () => {
  const world = await createSender();
  const { ann, ctx } = world;
  const conversation = await converse(world, ann, ["bo", "b.example"]);
  const [first, second] = [
    await world.say(ann, conversation, "one"),
    await world.say(ann, conversation, "two"),
  ];
  const late = await leaseOne(world);
  const delivery = await nextDelivery(ctx, late);
  expect(await lease(world)).toEqual([]);
  world.pass(LEASE);
  const lane = await leaseOne(world);
  expect(lane.leaseToken).not.toBe(late.leaseToken);
  await attempt(world, lane, accepted);
  const told = world.told();
  for (const outcome of [unanswered, { state: "refused", reason: "http_403" } as const, accepted]) {
    const settled = await settleDelivery(ctx, { lane: late, deliveryId: delivery!.id, outcome });
    expect(settled).toEqual({ goOn: false });
  }
  await releaseLane(ctx, late);
  expect(await lease(world)).toEqual([]); // still held
  expect(world.told()).toBe(told);
  expect(await stateOf(world, ann, first)).toEqual([["accepted", null]]);
  expect(await attempt(world, lane, accepted)).toEqual({ goOn: true });
  expect(await stateOf(world, ann, second)).toEqual([["accepted", null]]);
});

test("a lane that is given back stays due if something was added meanwhile, and only then", async () => {
  const world = await createSender();
  const { ann, ctx } = world;
  const conversation = await converse(world, ann, ["bo", "b.example"]);
  await world.say(ann, conversation, "one");
  const lane = await leaseOne(world);
  await attempt(world, lane, accepted);
  expect(await nextDelivery(ctx, lane)).toBeNull();
  await world.say(ann, conversation, "two");
  await releaseLane(ctx, lane);
  const again = await leaseOne(world);
  await attempt(world, again, accepted);
  await releaseLane(ctx, again);
  expect(await nextDue(ctx)).toBeNull();
  expect(await lease(world)).toEqual([]);
});
test("a late worker settles nothing of what another has not settled yet", async () => {
  const world = await createSender();
  const { ann, ctx } = world;
  const message = await world.say(ann, await converse(world, ann, ["bo", "b.example"]), "one");
  const late = await leaseOne(world);
  world.pass(LEASE);
  const lane = await leaseOne(world);
  expect(await attempt(world, late, { state: "refused", reason: "http_403" })).toEqual({ goOn: false });
  expect(await stateOf(world, ann, message)).toEqual([["waiting", null]]);
  expect(await nextDelivery(ctx, lane)).not.toBeNull();
});

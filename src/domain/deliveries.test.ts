import { expect, test } from "vitest";
import { connect } from "#db/connect.ts";
import type { MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { findOrBegin } from "./conversations.ts";
import { cancelDeliveries, retryDeliveries } from "./deliveries.ts";
import { giveUpStale, leaseLanes, nextDelivery, releaseLane, type Lane } from "./lanes.ts";
import { settleDelivery, type Outcome } from "./settle.ts";
import { deleteMessage, editMessage } from "./messages/change.ts";
import { readMessage } from "./read.ts";
import { transact } from "./transact.ts";

const DAY = 24 * 3600 * 1000;
const accepted: Outcome = { state: "accepted" };
const refused: Outcome = { state: "refused", reason: "http_403" };
const unanswered: Outcome = { state: "retry", reason: "timeout", silent: true };

/** Ann of this server and bo of another, and what ann does. */
async function openScene() {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const own = (messageId: MessageId) => ({ personId: ann.id, messageId });
  return {
    ...world,
    ann,
    bo,
    conversationId,
    own,
    write: async (text: string) => (await world.say(ann, conversationId, text)).id,
    edit: (messageId: MessageId, text: string) => editMessage(world.ctx, { ...own(messageId), text }),
    states: async (messageId: MessageId) => {
      const { deliveries } = await readMessage(world.ctx, own(messageId));
      return deliveries.map(({ recipientId, state, reason }) => {
        expect(recipientId).toBe(bo.id);
        return [state, reason];
      });
    },
  };
}

const lease = (world: World) => leaseLanes(world.ctx, { limit: 16, leaseMs: 10_000 });

/** Works off the one lane that is due, with one outcome for all; answers what was sent. */
async function work(world: World, outcome: Outcome): Promise<string[]> {
  const [lane] = await lease(world);
  if (lane === undefined) return [];
  const sent: string[] = [];
  for (;;) {
    const delivery = await nextDelivery(world.ctx, lane);
    if (delivery === null) break;
    const [activity] = await world.connection.sql<{ type: string; version: number }[]>`
      select type, version from activity where id = ${delivery.activityId}`;
    sent.push(`${activity?.type} ${activity?.version}`);
    const { goOn } = await settleDelivery(world.ctx, { lane, deliveryId: delivery.id, outcome });
    if (!goOn) return sent;
  }
  await releaseLane(world.ctx, lane);
  return sent;
}

test("a refused message is sent again when its author says so, before what was written after it", async () => {
  const scene = await openScene();
  const first = await scene.write("one");
  expect(await work(scene, refused)).toEqual(["Create 1"]);
  const second = await scene.write("two");
  expect(await scene.states(first)).toEqual([["refused", "http_403"]]);
  await retryDeliveries(scene.ctx, scene.own(first));
  expect(await scene.states(first)).toEqual([["waiting", null]]);
  const [lane] = await lease(scene);
  const delivery = await nextDelivery(scene.ctx, lane!);
  await settleDelivery(scene.ctx, { lane: lane!, deliveryId: delivery!.id, outcome: accepted });
  expect(await scene.states(first)).toEqual([["accepted", null]]);
  expect(await scene.states(second)).toEqual([["waiting", null]]);
});

test("what was given up gets another seven days, what is tried again while it waits does not", async () => {
  const scene = await openScene();
  const message = await scene.write("one");
  scene.pass(7 * DAY);
  await giveUpStale(scene.ctx);
  expect(await scene.states(message)).toEqual([["gave-up", null]]);
  await retryDeliveries(scene.ctx, scene.own(message));
  scene.pass(6 * DAY);
  await retryDeliveries(scene.ctx, scene.own(message));
  expect(await work(scene, unanswered)).toEqual(["Create 1"]);
  expect(await scene.states(message)).toEqual([["waiting", "timeout"]]);
  scene.pass(DAY);
  await giveUpStale(scene.ctx);
  expect(await scene.states(message)).toEqual([["gave-up", "timeout"]]);
});

test("a retry lets one probe through to a server that is left alone, and that message's lane goes first", async () => {
  const scene = await openScene();
  const others = ["cy", "di", "ed"];
  for (const name of others)
    await scene.say(scene.ann, await scene.between(scene.ann, await scene.remote(name)), name);
  const message = await scene.write("one");
  for (const lane of await lease(scene)) {
    const delivery = await nextDelivery(scene.ctx, lane);
    await settleDelivery(scene.ctx, { lane, deliveryId: delivery!.id, outcome: unanswered });
  }
  expect(await lease(scene)).toEqual([]);
  await retryDeliveries(scene.ctx, scene.own(message));
  const probes = await lease(scene);
  expect(probes.map(({ streamId }) => streamId)).toEqual([scene.conversationId]);
  const delivery = await nextDelivery(scene.ctx, probes[0]!);
  await settleDelivery(scene.ctx, { lane: probes[0]!, deliveryId: delivery!.id, outcome: unanswered });
  expect(await lease(scene)).toEqual([]);
});

test("what is cancelled is not sent, what follows it is, and it can still be sent later", async () => {
  const scene = await openScene();
  const [first, second] = [await scene.write("one"), await scene.write("two")];
  await cancelDeliveries(scene.ctx, scene.own(first));
  await cancelDeliveries(scene.ctx, scene.own(first));
  expect(await scene.states(first)).toEqual([["gave-up", "cancelled"]]);
  expect(await work(scene, accepted)).toEqual(["Create 1"]);
  expect(await scene.states(second)).toEqual([["accepted", null]]);
  await retryDeliveries(scene.ctx, scene.own(first));
  expect(await work(scene, accepted)).toEqual(["Create 1"]);
  expect(await scene.states(first)).toEqual([["accepted", null]]);
});

test("neither an edit nor the deletion of a message goes to whom it was cancelled for", async () => {
  const scene = await openScene();
  const message = await scene.write("one");
  await cancelDeliveries(scene.ctx, scene.own(message));
  await scene.edit(message, "two");
  expect(await scene.states(message)).toEqual([["gave-up", "cancelled"]]);
  await deleteMessage(scene.ctx, scene.own(message));
  await retryDeliveries(scene.ctx, scene.own(message));
  expect(await work(scene, accepted)).toEqual([]);
  expect(await scene.states(message)).toEqual([["gave-up", "cancelled"]]);
});

test("an edit fares as its message did, and both are sent when the author tries again", async () => {
  const scene = await openScene();
  const early = await scene.write("one");
  await scene.edit(early, "two");
  expect(await work(scene, refused)).toEqual(["Create 1"]);
  expect(await scene.states(early)).toEqual([["refused", "http_403"]]);
  await scene.edit(early, "three");
  expect(await scene.states(early)).toEqual([["refused", "http_403"]]);
  await retryDeliveries(scene.ctx, scene.own(early));
  expect(await work(scene, accepted)).toEqual(["Create 1", "Update 2", "Update 3"]);
  expect(await scene.states(early)).toEqual([["accepted", null]]);
});

test("an edit that waits behind a message ends with it after seven days", async () => {
  const scene = await openScene();
  const message = await scene.write("one");
  scene.pass(6 * DAY);
  await scene.edit(message, "two");
  scene.pass(DAY);
  await giveUpStale(scene.ctx);
  expect(await scene.states(message)).toEqual([["gave-up", null]]);
  expect(await work(scene, accepted)).toEqual([]);
});

test("a deletion goes to whom a message may have come although it was given up, not to who refused it", async () => {
  const scene = await openScene();
  const lost = await scene.write("perhaps it came");
  scene.pass(7 * DAY);
  await giveUpStale(scene.ctx);
  const no = await scene.write("no");
  expect(await work(scene, refused)).toEqual(["Create 1"]);
  await deleteMessage(scene.ctx, scene.own(lost));
  await deleteMessage(scene.ctx, scene.own(no));
  expect(await work(scene, accepted)).toEqual(["Delete 1"]);
  expect(await scene.states(lost)).toEqual([["accepted", null]]);
  expect(await scene.states(no)).toEqual([["refused", "http_403"]]);
});

test("a message that arrived while it was being cancelled is shown as arrived", async () => {
  const scene = await openScene();
  const [first, second] = [await scene.write("one"), await scene.write("two")];
  const [lane] = await lease(scene);
  for (const [message, outcome, state] of [
    [first, accepted, ["accepted", null]],
    [second, unanswered, ["gave-up", "cancelled"]],
  ] as const) {
    const underWay = await nextDelivery(scene.ctx, lane!);
    await cancelDeliveries(scene.ctx, scene.own(message));
    await settleDelivery(scene.ctx, { lane: lane!, deliveryId: underWay!.id, outcome });
    expect(await scene.states(message)).toEqual([state]);
  }
});

test("where all has arrived, trying again and cancelling change nothing and tell nobody", async () => {
  const scene = await openScene();
  const message = await scene.write("one");
  await work(scene, accepted);
  const { length } = scene.events;
  await retryDeliveries(scene.ctx, scene.own(message));
  await cancelDeliveries(scene.ctx, scene.own(message));
  expect(scene.events).toHaveLength(length);
  expect(await lease(scene)).toEqual([]);
});

test("only its author decides how a message is delivered; a stranger finds nothing", async () => {
  const scene = await openScene();
  const eve = await scene.local("eve");
  const message = await scene.write("one");
  for (const act of [retryDeliveries, cancelDeliveries]) {
    await expect(act(scene.ctx, { personId: eve.id, messageId: message })).rejects.toThrow(
      new Refusal("not_found"),
    );
    await expect(act(scene.ctx, { personId: scene.bo.id, messageId: message })).rejects.toThrow(
      new Refusal("not_author"),
    );
  }
});

test("two people of one server each have a state of their own", async () => {
  const { ctx, ann, bo, ...world } = await openScene();
  const bea = await world.remote("bea");
  const { conversation } = await transact(ctx, (tx) =>
    findOrBegin(ctx, tx, { author: ann, others: [bo, bea] }),
  );
  const { id } = await world.say(ann, conversation.id, "to both");
  const [lane] = await leaseLanes(ctx, { limit: 1, leaseMs: 10_000 });
  for (let delivery = await nextDelivery(ctx, lane!); delivery !== null;) {
    const outcome = delivery.recipient.id === bo.id ? accepted : refused;
    await settleDelivery(ctx, { lane: lane!, deliveryId: delivery.id, outcome });
    delivery = await nextDelivery(ctx, lane!);
  }
  const { deliveries } = await readMessage(ctx, { personId: ann.id, messageId: id });
  const states = new Map(deliveries.map(({ recipientId, state }) => [recipientId, state]));
  expect(states).toEqual(
    new Map([
      [bo.id, "accepted"],
      [bea.id, "refused"],
    ]),
  );
});

test("two workers, and an author who tries again and cancels all the while, neither fail nor lose nor repeat", async () => {
  const scene = await openScene();
  const messages: MessageId[] = [];
  for (let i = 0; i < 30; i += 1) messages.push(await scene.write(`${i}`));
  const other = connect(scene.url);
  const arrived: number[] = [];
  const outcomes: Outcome[] = [accepted, refused, { state: "retry", reason: "http_500" }];
  let going = true;
  const carry = async (ctx: World["ctx"]) => {
    for (let turn = 0; going; turn += 1) {
      for (const lane of await leaseLanes(ctx, { limit: 4, leaseMs: 60_000 })) await drain(ctx, lane, turn);
    }
  };
  const drain = async (ctx: World["ctx"], lane: Lane, turn: number) => {
    for (let n = turn; ; n += 1) {
      const delivery = await nextDelivery(ctx, lane);
      if (delivery === null) return await releaseLane(ctx, lane);
      const outcome = going ? outcomes[n % 3]! : accepted;
      if (outcome.state === "accepted") arrived.push(delivery.id);
      const { goOn } = await settleDelivery(ctx, { lane, deliveryId: delivery.id, outcome });
      if (!goOn) return;
    }
  };
  try {
    const workers = [scene.ctx, { ...scene.ctx, db: other.db }].map(carry);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        messages.map((id, n) =>
          (n % 2 === round % 2 ? retryDeliveries : cancelDeliveries)(scene.ctx, scene.own(id)),
        ),
      );
    }
    going = false;
    await Promise.all(workers);
  } finally {
    going = false;
    await other.close();
  }
  for (const id of messages) await retryDeliveries(scene.ctx, scene.own(id));
  scene.pass(3600 * 1000);
  await work(scene, accepted);
  for (const id of messages) expect(await scene.states(id)).toEqual([["accepted", null]]);
  expect(new Set(arrived).size).toBe(arrived.length);
});

import { expect, test } from "vitest";
import { presentView } from "#present/conversations.ts";
import { arrival } from "../../../test/helpers/arrival.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { Context } from "../context.ts";
import { answerRequest, startConversation } from "../conversations.ts";
import { markRead } from "../membership.ts";
import { postMessage } from "../messages/post.ts";
import type { PersonRow } from "../people.ts";
import { listConversations, readConversation } from "../read.ts";
import { receiveMessage } from "../receive.ts";
import { blockPerson } from "../relations/change.ts";
import { requestLimits } from "./limits.ts";

const DAY_MS = 24 * 3600 * 1000;

/** A world with the limits that servers have. */
async function strict(federation: Context["settings"]["federation"] = "quarantine") {
  const world = await createWorld();
  const settings = { ...world.ctx.settings, requests: requestLimits, federation };
  return { world, ctx: { ...world.ctx, settings } };
}

async function requestsOf(ctx: Context, { id: personId }: PersonRow) {
  const page = { personId, state: "request" as const, before: null, limit: 100 };
  return (await listConversations(ctx, page)).views;
}

/** What a wave of messages comes to: how often it was taken, and how often each refusal was given. */
async function countOutcomes(sends: readonly (() => Promise<unknown>)[]): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const send of sends) {
    const outcome = await send().then(
      () => "taken",
      (error: { code: string }) => error.code,
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

const counted = async (world: World) =>
  (
    await world.connection
      .sql`select (select count(*) from message) as m, (select count(*) from conversation) as c,
    (select count(*) from received_activity) as r`
  )[0];

test("of 200 new accounts on 50 new servers, 20 requests wait for somebody, and the rest changes nothing (IF-59)", async () => {
  const { world, ctx } = await strict();
  const alice = await world.local("alice");
  const strangers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => world.remote(`s${i}`, `h${i % 50}.example`)),
  );
  const wave = strangers.map((one) => () => receiveMessage(ctx, arrival(one, [alice])));
  expect(await countOutcomes(wave.slice(0, 20))).toEqual({ taken: 20 });
  const before = await counted(world);
  const events = world.events.length;
  expect(await countOutcomes(wave.slice(20))).toEqual({ requests_full: 180 });
  expect(await counted(world)).toEqual(before);
  expect(world.events).toHaveLength(events);
  const waiting = await requestsOf(ctx, alice);
  expect(waiting).toHaveLength(20);
  // Whoever is answered makes room.
  const conversationId = waiting[0]!.conversation.id;
  await answerRequest(ctx, { personId: alice.id, conversationId, answer: "declined" });
  expect(await countOutcomes(wave.slice(20, 22))).toEqual({ taken: 1, requests_full: 1 });
});

test("people of one new server have five requests waiting, until somebody here talks to one of them", async () => {
  for (const federation of ["quarantine", "open"] as const) {
    const { world, ctx } = await strict(federation);
    const people = await Promise.all(Array.from({ length: 8 }, (_, i) => world.local(`p${i}`)));
    const strangers = await Promise.all(Array.from({ length: 8 }, (_, i) => world.remote(`s${i}`)));
    const wave = people.map((to, i) => () => receiveMessage(ctx, arrival(strangers[i]!, [to])));
    const expected = federation === "open" ? { taken: 6 } : { taken: 5, requests_full: 1 };
    expect(await countOutcomes(wave.slice(0, 6))).toEqual(expected);
    const [first] = await requestsOf(ctx, people[0]!);
    const answer = { personId: people[0]!.id, conversationId: first!.conversation.id };
    await answerRequest(ctx, { ...answer, answer: "accepted" });
    expect(await countOutcomes(wave.slice(6))).toEqual({ taken: 2 });
  }
});

test("one person elsewhere has five requests waiting, at known servers too, until one is answered", async () => {
  const { world, ctx } = await strict("open");
  const people = await Promise.all(Array.from({ length: 8 }, (_, i) => world.local(`q${i}`)));
  const eve = await world.remote("eve");
  const wave = people.map((to) => () => receiveMessage(ctx, arrival(eve, [to])));
  expect(await countOutcomes(wave.slice(0, 6))).toEqual({ taken: 5, requests_full: 1 });
  // What was begun goes on.
  const again = () => receiveMessage(ctx, arrival(eve, [people[0]!]));
  expect(await countOutcomes([again])).toEqual({ taken: 1 });
  const [request] = await requestsOf(ctx, people[0]!);
  const answer = { personId: people[0]!.id, conversationId: request!.conversation.id };
  await answerRequest(ctx, { ...answer, answer: "declined" });
  expect(await countOutcomes(wave.slice(6))).toEqual({ taken: 1, requests_full: 1 });
});

test("somebody who was written to makes their server a known one", async () => {
  const { world, ctx } = await strict();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const trusted = async () =>
    (await world.connection.sql`select 1 from peer where host = 'b.example' and trusted_at is not null`)
      .length;
  const conversationId = await world.between(ann, bo);
  expect(await trusted()).toBe(0);
  await postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
  expect(await trusted()).toBe(1);
});

test("a stranger writes twenty messages before an answer, whether they are declined, blocked or only not seen", async () => {
  const { world, ctx } = await strict();
  const outcomes = [];
  for (const answer of ["none", "declined", "blocked"] as const) {
    const [ann, bo] = [await world.local(`ann${answer}`), await world.local(`bo${answer}`)];
    const conversationId = await world.between(ann, bo);
    const say = (text: string) => postMessage(ctx, { authorId: ann.id, conversationId, text });
    await say("first");
    if (answer === "declined") await answerRequest(ctx, { personId: bo.id, conversationId, answer });
    if (answer === "blocked") await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "silent" });
    outcomes.push(await countOutcomes(Array.from({ length: 21 }, (_, i) => () => say(`${i}`))));
    await expect(say("one more")).rejects.toMatchObject({
      code: "request_pending_limit",
      retryAfter: 86_400,
    });
  }
  expect(outcomes).toEqual([1, 2, 3].map(() => ({ taken: 19, request_pending_limit: 2 })));
});

test("an accepted request has no limit any more", async () => {
  const { world, ctx } = await strict();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const sends = Array.from({ length: 25 }, () => () => receiveMessage(ctx, arrival(bo, [ann])));
  expect(await countOutcomes(sends)).toEqual({ taken: 20, request_pending_limit: 5 });
  const [request] = await requestsOf(ctx, ann);
  const conversationId = request!.conversation.id;
  await answerRequest(ctx, { personId: ann.id, conversationId, answer: "accepted" });
  expect(await countOutcomes(sends.slice(20))).toEqual({ taken: 5 });
});

test("where only some of several have no room, the others see the message", async () => {
  const { world, ctx } = await strict();
  const [ann, cy, eve] = [await world.local("ann"), await world.local("cy"), await world.remote("eve")];
  const strangers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => world.remote(`s${i}`, `h${i}.example`)),
  );
  for (const one of strangers) await receiveMessage(ctx, arrival(one, [ann]));
  await receiveMessage(ctx, arrival(eve, [ann, cy]));
  expect([(await requestsOf(ctx, ann)).length, (await requestsOf(ctx, cy)).length]).toEqual([20, 1]);
});

test("a day has room for five conversations with people who do not know one, and for two while one is new", async () => {
  const { world, ctx } = await strict();
  const ann = await world.local("ann");
  let met = 0;
  const begin = (count: number) =>
    countOutcomes(
      Array.from({ length: count }, () => async () => {
        const other = await world.remote(`bo${(met += 1)}`);
        await startConversation(ctx, { personId: ann.id, withId: other.id });
      }),
    );
  expect(await begin(3)).toEqual({ taken: 2, too_many_strangers: 1 });
  world.pass(DAY_MS + 1_000);
  expect(await begin(3)).toEqual({ taken: 2, too_many_strangers: 1 });
  world.pass(7 * DAY_MS);
  expect(await begin(7)).toEqual({ taken: 5, too_many_strangers: 2 });
  world.pass(DAY_MS / 2);
  const other = await world.local("cy");
  const refused = startConversation(ctx, { personId: ann.id, withId: other.id });
  await expect(refused).rejects.toMatchObject({ code: "too_many_strangers", retryAfter: 43_200 });
  // Somebody one has talked to before is no stranger, and a conversation that is there is only found.
  const known = await world.remote("bo1");
  await startConversation(ctx, { personId: ann.id, withId: known.id });
});

test("before a request is answered its sender learns nothing: not that it was read, nor that it was declined", async () => {
  const { world, ctx } = await strict();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello");
  const look = async () =>
    presentView(ctx.settings, await readConversation(ctx, { personId: ann.id, conversationId }));
  const before = await look();
  const events = world.events.length;
  await markRead(ctx, { personId: bo.id, conversationId, position: 1 });
  await answerRequest(ctx, { personId: bo.id, conversationId, answer: "declined" });
  expect(await look()).toEqual(before);
  const told = world.events
    .slice(events)
    .filter((event) => !("personId" in event && event.personId === bo.id));
  expect(told).toEqual([]);
});

test("whoever is blocked is told of a full box and of a message that is too long like everybody else", async () => {
  const { world, ctx } = await strict("open");
  const [ann, eve, ike] = [await world.local("ann"), await world.remote("eve"), await world.remote("ike")];
  await receiveMessage(ctx, arrival(eve, [ann]));
  await blockPerson(ctx, { personId: ann.id, otherId: eve.id, kind: "silent" });
  const long = "x".repeat(100_001);
  for (const author of [eve, ike])
    await expect(receiveMessage(ctx, arrival(author, [ann], { text: long }))).rejects.toMatchObject({
      code: "too_long",
    });
  const [bo, dora] = [await world.local("bo"), await world.remote("dora")];
  await receiveMessage(ctx, arrival(dora, [ann, bo]));
  await blockPerson(ctx, { personId: ann.id, otherId: dora.id, kind: "silent" });
  for (let i = 0; i < 20; i += 1) {
    const other = await world.remote(`other${i}`, `o${i}.example`);
    await receiveMessage(ctx, arrival(other, [ann])).catch(() => {});
  }
  for (const author of [dora, ike])
    await expect(receiveMessage(ctx, arrival(author, [ann]))).rejects.toMatchObject({
      code: "requests_full",
    });
});

test("somebody here who is blocked notices nothing of it when the box of whom they ask fills up", async () => {
  const { world, ctx } = await strict("open");
  const ann = await world.local("ann");
  const asking = [];
  for (const name of ["bo", "cy"]) {
    const author = await world.local(name);
    if (name === "cy") {
      await world.between(author, ann);
      await blockPerson(ctx, { personId: ann.id, otherId: author.id, kind: "silent" });
    }
    const conversationId = await world.between(author, ann);
    const say = (text: string) => postMessage(ctx, { authorId: author.id, conversationId, text });
    await say("hello");
    asking.push(say);
  }
  for (let i = 0; i < 20; i += 1) {
    const other = await world.remote(`other${i}`, `o${i}.example`);
    await receiveMessage(ctx, arrival(other, [ann])).catch(() => {});
  }
  for (const say of asking) expect(await say("are you there?")).toMatchObject({ repeated: false });
});

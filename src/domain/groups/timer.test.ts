import { expect, test } from "vitest";
import { listMessages, readConversation } from "#domain/read.ts";
import { expireMessages } from "#domain/messages/expire.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { Refusal } from "#lib/refusal.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { setTimer } from "./timer.ts";

async function openScene() {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  const notices = async (person: typeof ann) => {
    const read = { personId: person.id, conversationId, at: null, limit: 10 };
    return (await listMessages(world.ctx, read)).messages.flatMap(({ notice }) => notice ?? []);
  };
  return { ...world, ann, bo, eve, conversationId, notices };
}

test("two people let what they say disappear, and both are told once", async () => {
  const { ctx, ann, bo, say, pass, conversationId, notices } = await openScene();
  await setTimer(ctx, { personId: ann.id, conversationId, seconds: 60 });
  await setTimer(ctx, { personId: ann.id, conversationId, seconds: 60 });
  await say(ann, conversationId, "soon gone");
  expect(await notices(bo)).toEqual([{ type: "expiry", personIds: [], value: 60 }]);
  pass(60_000);
  expect(await expireMessages(ctx)).toBe(1);
  const view = await readConversation(ctx, { personId: bo.id, conversationId });
  expect(view.conversation.expireAfter).toBe(60);
});

test("a stranger finds nothing, and who has not accepted is told to", async () => {
  const { ctx, ann, bo, eve, say, conversationId } = await openScene();
  await say(ann, conversationId, "hello");
  const set = (personId: typeof ann.id) => setTimer(ctx, { personId, conversationId, seconds: 60 });
  await expect(set(eve.id)).rejects.toThrow(new Refusal("not_found"));
  await expect(set(bo.id)).rejects.toThrow(new Refusal("not_accepted"));
});

test("whoever is blocked notices nothing, and the other is not told", async () => {
  const { ctx, ann, bo, say, conversationId, notices } = await openScene();
  await say(ann, conversationId, "hello");
  await say(bo, conversationId, "hi");
  await blockPerson(ctx, { personId: ann.id, otherId: bo.id, kind: "silent" });
  await setTimer(ctx, { personId: bo.id, conversationId, seconds: 60 });
  expect([await notices(bo), await notices(ann)]).toMatchObject([[{ type: "expiry" }], []]);
  const set = setTimer(ctx, { personId: ann.id, conversationId, seconds: null });
  await expect(set).rejects.toThrow(new Refusal("you_blocked"));
});

test("the other of two hears of it at their own server, and a server that knows no timers does not", async () => {
  const { ctx, connection, local, remote, between, say } = await createWorld();
  const [ann, bo, cy] = [await local("ann"), await remote("bo"), await remote("cy")];
  await connection.sql`update person set signals = ${bo.uri} where id = ${bo.id}`;
  for (const other of [bo, cy]) {
    const conversationId = await between(ann, other);
    for (let times = 0; times < 2; times += 1)
      await setTimer(ctx, { personId: ann.id, conversationId, seconds: 60 });
    await say(ann, conversationId, "hello");
  }
  const told = await connection.sql`
    select a.type, d.recipient_id as to from delivery d join activity a on a.id = d.activity_id order by d.id`;
  expect(told).toEqual([
    { type: "UpdateTimer", to: bo.id },
    { type: "Create", to: bo.id },
    { type: "Create", to: cy.id },
  ]);
});

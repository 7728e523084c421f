import { expect, onTestFinished, test } from "vitest";
import { connect } from "#db/connect.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { findOrBegin } from "../conversations.ts";
import { readConversation } from "../read.ts";
import { transact } from "../transact.ts";
import { blockPerson, mutePerson, unblockPerson, unmutePerson } from "./change.ts";
import { readMet, readOwn } from "./read.ts";
import { findSevered, isSevered } from "./severed.ts";

async function meet() {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const pair = { personId: ann.id, otherId: bo.id };
  return { world, ann, bo, conversationId, pair };
}

test("a block stands until it is taken back, and its sessions hear of each change once", async () => {
  const { world, ann, bo, pair } = await meet();
  const { ctx } = world;
  const before = world.events.length;
  await blockPerson(ctx, { ...pair, kind: "silent" });
  await blockPerson(ctx, { ...pair, kind: "silent" });
  expect((await readOwn(ctx, ann.id)).relations).toMatchObject([{ otherId: bo.id, block: "silent" }]);
  expect((await readOwn(ctx, bo.id)).relations).toEqual([]);
  await unblockPerson(ctx, pair);
  await unblockPerson(ctx, pair);
  expect((await readOwn(ctx, ann.id)).relations).toEqual([]);
  const told = world.events.slice(before);
  expect(told).toMatchObject([
    { name: "relation.changed", personId: ann.id, otherId: bo.id, number: 1 },
    { name: "relation.changed", personId: ann.id, otherId: bo.id, number: 2 },
  ]);
});

test("a block in either direction severs two people, and nobody else", async () => {
  const { world, ann, bo, pair } = await meet();
  const { ctx } = world;
  const cy = await world.local("cy");
  expect(await isSevered(ctx.db, ann.id, bo.id)).toBe(false);
  await blockPerson(ctx, { ...pair, kind: "open" });
  for (const [one, other] of [
    [ann, bo],
    [bo, ann],
  ] as const) {
    expect(await isSevered(ctx.db, one.id, other.id)).toBe(true);
    expect(await findSevered(ctx.db, one.id, [other.id, cy.id])).toEqual(new Set([other.id]));
  }
  expect(await isSevered(ctx.db, ann.id, cy.id)).toBe(false);
  expect(await findSevered(ctx.db, cy.id, [ann.id, bo.id])).toEqual(new Set());
});

test("a mute stands beside a block, with or without an end", async () => {
  const { world, ann, pair } = await meet();
  const { ctx } = world;
  const until = new Date(Date.UTC(2026, 0, 2));
  await mutePerson(ctx, { ...pair, until });
  await blockPerson(ctx, { ...pair, kind: "open" });
  expect((await readOwn(ctx, ann.id)).relations).toMatchObject([{ block: "open", mutedUntil: until }]);
  await unblockPerson(ctx, pair);
  await mutePerson(ctx, { ...pair, until: null });
  const [relation] = (await readOwn(ctx, ann.id)).relations;
  expect([relation?.block, relation?.mutedAt === null, relation?.mutedUntil]).toEqual([null, false, null]);
  await unmutePerson(ctx, pair);
  expect((await readOwn(ctx, ann.id)).relations).toEqual([]);
});

test("a block closes the other's request", async () => {
  const { world, ann, bo, conversationId } = await meet();
  const { ctx } = world;
  await world.say(ann, conversationId, "hello");
  await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "silent" });
  expect((await readConversation(ctx, { personId: bo.id, conversationId })).member.state).toBe("declined");
  await unblockPerson(ctx, { personId: bo.id, otherId: ann.id });
  expect((await readConversation(ctx, { personId: bo.id, conversationId })).member.state).toBe("declined");
});

test("only somebody whom one has met can be blocked, muted or looked at, and nobody blocks themselves", async () => {
  const { world, ann, bo, pair } = await meet();
  const { ctx } = world;
  const eve = await world.local("eve");
  expect((await readMet(ctx, pair)).handle).toBe("bo");
  const stranger = { personId: eve.id, otherId: bo.id };
  const missing = { code: "not_found" };
  await expect(readMet(ctx, stranger)).rejects.toMatchObject(missing);
  await expect(blockPerson(ctx, { ...stranger, kind: "open" })).rejects.toMatchObject(missing);
  await expect(mutePerson(ctx, { ...stranger, until: null })).rejects.toMatchObject(missing);
  const herself = { personId: ann.id, otherId: ann.id };
  await expect(blockPerson(ctx, { ...herself, kind: "open" })).rejects.toMatchObject({ code: "yourself" });
});

test("another server hears of an open block and of its end, and of a silent one nothing", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  await world.between(ann, bo);
  const pair = { personId: ann.id, otherId: bo.id };
  const heard = async () => {
    const rows = await world.connection.sql<{ type: string }[]>`
      select a.type from delivery d join activity a on a.id = d.activity_id where d.recipient_id = ${bo.id} order by d.id`;
    return rows.map(({ type }) => type).join(" ");
  };
  await blockPerson(ctx, { ...pair, kind: "silent" });
  await unblockPerson(ctx, pair);
  expect(await heard()).toBe("");
  await blockPerson(ctx, { ...pair, kind: "open" });
  await mutePerson(ctx, { ...pair, until: null });
  await blockPerson(ctx, { ...pair, kind: "silent" });
  expect(await heard()).toBe("Block Undo");
  await blockPerson(ctx, { ...pair, kind: "open" });
  await unblockPerson(ctx, pair);
  expect(await heard()).toBe("Block Undo Block Undo");
});

test("a block of somebody who asks waits for whoever delivers, who does not wait for it", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy] = [await world.local("ann"), await world.remote("bo"), await world.remote("cy")];
  await world.between(ann, bo);
  await blockPerson(ctx, { personId: ann.id, otherId: bo.id, kind: "open" });
  const conversationId = await transact(ctx, async (tx) => {
    const { conversation } = await findOrBegin(ctx, tx, { author: cy, others: [ann] });
    return conversation.id;
  });
  await world.say(cy, conversationId, "hello");
  const other = connect(world.url);
  onTestFinished(() => other.close());
  const blocking = await other.sql.begin(async (tx) => {
    const [{ pid } = { pid: 0 }] = await tx`select pg_backend_pid() as pid`;
    await tx`select from lane where conversation_id = ${ann.id} for update`;
    const block = blockPerson(ctx, { personId: ann.id, otherId: cy.id, kind: "open" });
    const waits = async () =>
      (await world.connection.sql`select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`)
        .length;
    await expect.poll(waits).toBe(1);
    await tx`update person set number = number + 1 where id = ${ann.id}`;
    return { block };
  });
  expect(await blocking.block).toMatchObject({ block: "open" });
});

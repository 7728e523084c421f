import { expect, onTestFinished, test } from "vitest";
import { connect } from "#db/connect.ts";
import { Refusal } from "#lib/refusal.ts";
import { findWord } from "../../../test/helpers/words.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { findOrBegin } from "../conversations.ts";
import { leaseLanes, nextDelivery } from "../lanes.ts";
import { blockPerson } from "../relations/change.ts";
import { settleDelivery } from "../settle.ts";
import { transact } from "../transact.ts";
import { deleteMessage, editMessage } from "./change.ts";

test("deleting messages while their deliveries are settled neither fails nor blocks", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const messages: Awaited<ReturnType<typeof world.say>>[] = [];
  for (let i = 0; i < 60; i += 1) messages.push(await world.say(ann, conversationId, `${i}`));
  const [lane] = await leaseLanes(world.ctx, { limit: 1, leaseMs: 60_000 });
  const deliver = async (): Promise<void> => {
    for (;;) {
      const delivery = await nextDelivery(world.ctx, lane!);
      if (delivery === null) return;
      await settleDelivery(world.ctx, {
        lane: lane!,
        deliveryId: delivery.id,
        outcome: { state: "accepted" },
      });
    }
  };
  const remove = async (): Promise<void> => {
    for (const { id } of messages) await deleteMessage(world.ctx, { personId: ann.id, messageId: id });
  };
  await Promise.all([deliver(), remove()]);
  await deliver();
  const { sql } = world.connection;
  expect(await sql`select count(*)::int as waiting from delivery where state = 'waiting'`).toEqual([
    { waiting: 0 },
  ]);
  expect(await sql`select count(*)::int as living from message where deleted_at is null`).toEqual([
    { living: 0 },
  ]);
});

test("a deleted message leaves no version of its text behind, in no table", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const { id } = await world.say(ann, await world.between(ann, bo), "canary one");
  await editMessage(world.ctx, { personId: ann.id, messageId: id, text: "canary two" });
  await deleteMessage(world.ctx, { personId: ann.id, messageId: id });
  expect(await findWord(world.connection, "canary")).toEqual([]);
});

test("only its author changes a message; another member is told so, a stranger finds nothing", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const { id: messageId } = await world.say(ann, await world.between(ann, bo), "mine");
  const edit = (personId: typeof ann.id) => editMessage(world.ctx, { personId, messageId, text: "yours" });
  await expect(edit(bo.id)).rejects.toThrow(new Refusal("not_author"));
  await expect(edit(eve.id)).rejects.toThrow(new Refusal("not_found"));
  await deleteMessage(world.ctx, { personId: ann.id, messageId });
  await expect(edit(ann.id)).rejects.toThrow(new Refusal("deleted"));
});

test("an edit that is hidden from a blocker waits for whoever takes both their numbers, who does not wait for it", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.remote("cy")];
  const conversationId = await transact(ctx, async (tx) => {
    const { conversation } = await findOrBegin(ctx, tx, { author: bo, others: [ann, cy] });
    return conversation.id;
  });
  const { id: messageId } = await world.say(bo, conversationId, "older");
  await blockPerson(ctx, { personId: ann.id, otherId: bo.id, kind: "silent" });
  const other = connect(world.url);
  onTestFinished(() => other.close());
  const { edit } = await other.sql.begin(async (tx) => {
    const [{ pid } = { pid: 0 }] = await tx`select pg_backend_pid() as pid`;
    await tx`update person set number = number + 1 where id = ${ann.id}`;
    const edit = editMessage(ctx, { personId: bo.id, messageId, text: "newer" });
    const waits = async () =>
      (await world.connection.sql`select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`)
        .length;
    await expect.poll(waits).toBe(1);
    await tx`update person set number = number + 1 where id = ${bo.id}`;
    return { edit };
  });
  expect(await edit).toMatchObject({ text: "newer" });
});

import { expect, test } from "vitest";
import { insertMembers } from "#db/conversations.ts";
import { createGroup } from "#domain/groups/create.ts";
import { transact } from "#domain/transact.ts";
import type { ConversationId } from "#lib/ids.ts";
import { createHub } from "#realtime/hub.ts";
import { pushMessage } from "#realtime/push.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";

/** A group of so many people of this server. */
async function groupOf(world: World, size: number) {
  const name = (index: number) => `p${size}_${index}`;
  const people = await Promise.all(Array.from({ length: size }, (_, index) => world.local(name(index))));
  const [owner, ...others] = people;
  const conversationId = await createGroup(world.ctx, { personId: owner!.id, title: "Band" });
  const state = "accepted" as const;
  const rows = others.map(({ id: personId }, index) => {
    return { conversationId, personId, role: "member" as const, state, rank: index + 1 };
  });
  await transact(world.ctx, (tx) => insertMembers(tx, rows));
  return { people, owner: owner!, conversationId };
}

/** In which tables the transaction of the newest message wrote, and how many rows. */
async function rowsWritten({ connection: { sql } }: World, id: ConversationId) {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_stat_user_tables where schemaname = 'public'`;
  const written = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from ${sql(name)} where xmin::text = (
          select xmin::text from message where conversation_id = ${id} order by position desc limit 1)`;
      return [name, row!.count] as const;
    }),
  );
  return Object.fromEntries(written.filter(([, count]) => count > 0));
}

/** What it takes to post one message into a group of so many. */
async function measure(world: World, size: number) {
  const { owner, conversationId } = await groupOf(world, size);
  await world.say(owner, conversationId, "first");
  const statements: string[] = [];
  const { options } = world.connection.sql;
  options.debug = (_, text) => void statements.push(text);
  await world.say(owner, conversationId, "hello");
  options.debug = false;
  return { statements, written: await rowsWritten(world, conversationId) };
}

test("a message to a thousand people is the same rows and the same statements as one to two", async () => {
  const world = await createWorld();
  const [small, large] = [await measure(world, 2), await measure(world, 1_000)];
  expect(large.statements).toEqual(small.statements);
  expect(large.written).toEqual(small.written);
  expect(large.written).toMatchObject({ message: 1, message_version: 1, conversation: 1 });
  expect(Object.values(large.written).reduce((sum, count) => sum + count, 0)).toBeLessThan(10);
}, 120_000);

test("a message is made into a frame once, whoever listens", async () => {
  const world = await createWorld();
  const { people, owner, conversationId } = await groupOf(world, 1_000);
  const hub = createHub();
  const frames: Uint8Array[] = [];
  const quiet = { bufferedAmount: 0, ping: () => {}, close: () => {}, terminate: () => {}, on: () => {} };
  for (const { id: personId } of people) {
    const wire = { ...quiet, write: (frame: Uint8Array) => void frames.push(frame) };
    hub.add({ personId, sessionId: personId, wire });
  }
  await world.say(owner, conversationId, "hello");
  const event = world.events.findLast(({ name }) => name === "message.posted");
  if (event?.name !== "message.posted") throw new Error("nothing was posted");
  await pushMessage({ ctx: world.ctx, hub }, event);
  expect(frames).toHaveLength(1_000);
  expect(new Set(frames).size).toBe(1);
}, 120_000);

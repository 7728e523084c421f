import { expect, test } from "vitest";
import { poll } from "../../test/helpers/poll.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { connect } from "#db/connect.ts";
import { countOne, countSend, limitNumbers, usualLimits, type LimitName } from "./limits.ts";

async function worldOf(numbers: Partial<typeof limitNumbers>) {
  const world = await createWorld();
  return {
    ...world,
    ctx: { ...world.ctx, settings: { ...world.ctx.settings, limits: { ...limitNumbers, ...numbers } } },
  };
}

test("each limit lets through as many as it says, each key by itself, and then says how long to wait", async () => {
  const { ctx } = await worldOf({ signIn: 3, apps: 2 });
  for (const [name, points] of [
    ["signIn", 3],
    ["apps", 2],
  ] as const) {
    for (let i = 0; i < points; i += 1) expect(await countOne(ctx, name, "192.0.2.1")).toBeUndefined();
    const wait = await countOne(ctx, name, "192.0.2.1");
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(usualLimits[name].seconds);
    expect(await countOne(ctx, name, "192.0.2.2")).toBeUndefined();
  }
});

test("several processes count together", async () => {
  const world = await worldOf({ signIn: 3 });
  const other = connect(world.url);
  const beside = { ...world.ctx, db: other.db };
  const nodes = [world.ctx, beside, world.ctx];
  for (const ctx of nodes) expect(await countOne(ctx, "signIn", "a")).toBeUndefined();
  for (const ctx of nodes) expect(await countOne(ctx, "signIn", "a")).toBeGreaterThan(0);
  await other.close();
});

test("without its table a process counts by itself", async () => {
  const { ctx, connection } = await worldOf({ signUp: 2 });
  await connection.sql`drop table rate_limit`;
  for (let i = 0; i < 2; i += 1) expect(await countOne(ctx, "signUp", "a")).toBeUndefined();
  expect(await countOne(ctx, "signUp", "a")).toBeGreaterThan(0);
});

test("what is sent is counted at once without a question to the database, and other processes hear of it", async () => {
  const world = await worldOf({ send: 4 });
  const mia = await world.local("mia");
  const other = connect(world.url);
  const beside = { ...world.ctx, db: other.db };
  for (let i = 0; i < 4; i += 1) expect(await countSend(world.ctx, mia.id)).toBeUndefined();
  expect(await countSend(world.ctx, mia.id)).toBeGreaterThan(0);
  await poll("what was sent to be told", async () => {
    const [row] = await world.connection.sql<{ points: number }[]>`select points from rate_limit`;
    return row?.points === 4;
  });
  let passed = 0;
  await poll("the other process to refuse", async () => {
    if ((await countSend(beside, mia.id)) !== undefined) return true;
    passed += 1;
    await poll("it to be told as well", async () => {
      const [row] = await world.connection.sql<{ points: number }[]>`select points from rate_limit`;
      return row?.points === 4 + passed;
    });
    return false;
  });
  expect(passed).toBe(1);
  await other.close();
});

test("when what was sent cannot be told, a process still counts by itself", async () => {
  const { ctx, connection, local } = await worldOf({ send: 3 });
  const mia = await local("mia");
  await connection.sql`drop table rate_limit`;
  for (let i = 0; i < 3; i += 1) expect(await countSend(ctx, mia.id)).toBeUndefined();
  expect(await countSend(ctx, mia.id)).toBeGreaterThan(0);
});

test("every name has a number", () => {
  for (const name of Object.keys(usualLimits) as LimitName[]) expect(limitNumbers[name]).toBeGreaterThan(0);
});

import { expect, test } from "vitest";
import { connect } from "#db/connect.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { postMessages } from "./messages/post.ts";
import { checkGeneration, readGeneration, renewGeneration, sync } from "./sync.ts";

test("sync tells which conversations changed since, and never misses one that commits late", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const [first, second] = [await world.between(ann, bo), await world.between(ann, cy)];
  // Nothing is a request any more: those of one person wait for each other, to be counted.
  await world.say(bo, first, "hello");
  await world.say(cy, second, "hello");
  const other = connect(world.url);
  try {
    // A write that began before the cursor was taken, and commits after it.
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
    const slow = {
      ...world.ctx,
      db: other.db,
      failpoint: async (name: string) => {
        if (name !== "before-commit") return;
        isHeld();
        await gate;
      },
    };
    const late = postMessages(slow, [{ authorId: ann.id, conversationId: first, text: "late" }]);
    await held;
    const { cursor } = await sync(world.ctx, { personId: ann.id, after: null });
    await world.say(ann, second, "meanwhile");
    const next = await sync(world.ctx, { personId: ann.id, after: cursor });
    expect(next.views.map(({ conversation }) => conversation.id)).toContain(second);
    open();
    await late;
    const last = await sync(world.ctx, { personId: ann.id, after: next.cursor });
    expect(last.views.map(({ conversation }) => conversation.id)).toContain(first);
  } finally {
    await other.close();
  }
});

test("a cursor of another generation is out of date, and one that was never made is refused", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { cursor } = await sync(world.ctx, { personId: ann.id, after: null });
  await renewGeneration(world.ctx);
  const stale = sync(world.ctx, { personId: ann.id, after: cursor });
  await expect(stale).rejects.toMatchObject({ code: "stale", field: "after" });
  for (const after of ["", "x", "a.b", `${cursor}.1`, "1.99999999999999999999"]) {
    await expect(sync(world.ctx, { personId: ann.id, after })).rejects.toMatchObject({
      code: "cursor_invalid",
    });
  }
});

test("a database that comes from another PostgreSQL begins a new generation, once", async () => {
  const world = await createWorld();
  const generation = await readGeneration(world.ctx);
  await checkGeneration(world.ctx);
  await checkGeneration(world.ctx);
  expect(await readGeneration(world.ctx)).toBe(generation);
  await world.connection.sql`update server_setting set value = '7300000000000000000 1' where key = 'history'`;
  await checkGeneration(world.ctx);
  const renewed = await readGeneration(world.ctx);
  expect(renewed).not.toBe(generation);
  await checkGeneration(world.ctx);
  expect(await readGeneration(world.ctx)).toBe(renewed);
});

test("a cursor that is ahead of the database is out of date: a backup was put back", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { generation } = await sync(world.ctx, { personId: ann.id, after: null });
  const ahead = sync(world.ctx, { personId: ann.id, after: `${generation}.999999999999999999` });
  await expect(ahead).rejects.toMatchObject({ code: "stale", field: "after" });
});

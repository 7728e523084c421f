import { expect, test } from "vitest";
import { connect } from "#db/connect.ts";
import { openWorkerLocks } from "#db/workers.ts";
import { forgetExpired } from "#domain/housekeeping.ts";
import { giveUpStale } from "#domain/lanes.ts";
import { postMessage } from "#domain/messages/post.ts";
import { ACCESS_SECONDS } from "#domain/tokens.ts";
import { poll } from "../../test/helpers/poll.ts";
import { signInAs } from "../../test/helpers/sign-in.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { startJobs } from "./start.ts";

const DAY_MS = 24 * 3600 * 1000;

test("housekeeping forgets what has run out, and nothing else", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const send = (key: string) =>
    postMessage(world.ctx, {
      authorId: ann.id,
      conversationId,
      text: key,
      idempotency: { client: "web", key },
    });
  await signInAs(world.ctx, ann);
  await send("old");
  world.pass(31 * DAY_MS + ACCESS_SECONDS * 1000);
  await send("new");
  await signInAs(world.ctx, ann);
  await forgetExpired(world.ctx);
  const { sql } = world.connection;
  expect(await sql`select key from idempotency_key`).toEqual([{ key: "new" }]);
  expect(await sql`select count(*)::int as tokens from token`).toEqual([{ tokens: 2 }]);
  // Both still wait: they are not old news, whatever their age.
  expect(await sql`select count(*)::int as deliveries from delivery`).toEqual([{ deliveries: 2 }]);
  await sql`update delivery set state = 'accepted' where id = (select min(id) from delivery)`;
  world.pass(60 * DAY_MS);
  await forgetExpired(world.ctx);
  expect(await sql`select count(*)::int as deliveries from delivery`).toEqual([{ deliveries: 1 }]);
  // Both messages stand: other servers may still fetch them, by the newest thing that was said of each.
  expect(await sql`select count(*)::int as activities from activity`).toEqual([{ activities: 2 }]);
  expect(await sql`select count(*)::int as messages from message`).toEqual([{ messages: 2 }]);
});

test("a job is done that was added in a transaction, and a rollback takes the job with it", async () => {
  const world = await createWorld();
  const { sql } = world.connection;
  const jobs = await startJobs(world.ctx, {
    url: world.url,
    openLocks: () => openWorkerLocks({ sql, url: world.url }),
    settleDoubts: async () => {},
  });
  try {
    await signInAs(world.ctx, await world.local("ann"));
    world.pass(40 * DAY_MS);
    const add = (then: () => void) =>
      sql.begin(async (tx) => {
        await tx`select graphile_worker.add_job('forget-expired', '{}'::json)`;
        then();
      });
    const rolledBack = add(() => {
      throw new Error("undone");
    });
    await expect(rolledBack).rejects.toThrow("undone");
    expect(await sql`select count(*)::int as jobs from graphile_worker.jobs`).toEqual([{ jobs: 0 }]);
    await add(() => {});
    await poll("the job to be done", async () => (await sql`select 1 from token`).length === 0);
  } finally {
    await jobs.stop();
  }
});

test("a job that was tried as often as it may be is kept no longer", async () => {
  const world = await createWorld();
  const { sql } = world.connection;
  for (const attempts of [1, 2])
    await sql`select graphile_worker.add_job('send-mail', '{}'::json, max_attempts => ${attempts}::int)`;
  await sql`update graphile_worker._private_jobs set attempts = 1`;
  await forgetExpired(world.ctx);
  expect(await sql`select max_attempts as most from graphile_worker._private_jobs`).toEqual([{ most: 2 }]);
});

test("the jobs of a worker that died are given back, those of a living one are not", async () => {
  const world = await createWorld();
  const { sql } = world.connection;
  const jobs = await startJobs(world.ctx, {
    url: world.url,
    openLocks: () => openWorkerLocks({ sql, url: world.url }),
    settleDoubts: async () => {},
  });
  await jobs.stop();
  const living = connect(world.url);
  const locks = await openWorkerLocks(living);
  await locks.hold("worker-alive");
  for (const worker of ["worker-alive", "worker-dead"]) {
    await sql`select graphile_worker.add_job('forget-expired', '{}'::json)`;
    await sql`update graphile_worker._private_jobs set locked_by = ${worker}, locked_at = now() where locked_by is null`;
  }
  const watching = await openWorkerLocks({ sql, url: world.url });
  expect(await watching.check()).toBe(1);
  expect(await watching.check()).toBe(0);
  const left = await sql`select locked_by from graphile_worker._private_jobs order by locked_by nulls last`;
  expect(left.map((row) => row["locked_by"])).toEqual(["worker-alive", null]);
  await watching.release();
  await locks.release();
  await living.close();
});

test("a worker whose proof of life was cut takes it up again, and its jobs stay its own", async () => {
  const world = await createWorld();
  const { sql } = world.connection;
  const jobs = await startJobs(world.ctx, {
    url: world.url,
    openLocks: () => openWorkerLocks({ sql, url: world.url }),
    settleDoubts: async () => {},
  });
  await jobs.stop();
  const locks = await openWorkerLocks({ sql, url: world.url });
  await locks.hold("worker-alive");
  await sql`select graphile_worker.add_job('forget-expired', '{}'::json)`;
  await sql`update graphile_worker._private_jobs set locked_by = 'worker-alive', locked_at = now()`;
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'luciole worker' and datname = current_database()`;
  // The first statement after a cut may be the one that notices it.
  const counted = await poll("a check", () =>
    locks.check().then(
      (count) => ({ count }),
      () => undefined,
    ),
  );
  expect(counted).toEqual({ count: 0 });
  expect(await sql`select locked_by from graphile_worker._private_jobs`).toEqual([
    { locked_by: "worker-alive" },
  ]);
  await locks.release();
});

test("what waited seven days is given up by the clock, though its lane never had a turn, and its author is told once", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const people = await Promise.all(["bo", "cy", "di"].map((handle) => world.remote(handle)));
  for (const person of people) await world.say(ann, await world.between(ann, person), "old");
  world.pass(7 * DAY_MS - 60_000);
  await world.say(ann, await world.between(ann, people[0]!), "new");
  await giveUpStale(world.ctx);
  world.events.length = 0;
  world.pass(60_000);
  await giveUpStale(world.ctx);
  await giveUpStale(world.ctx);
  const { sql } = world.connection;
  expect(await sql`select state, count(*)::int as many from delivery group by state order by state`).toEqual([
    { state: "gave-up", many: 3 },
    { state: "waiting", many: 1 },
  ]);
  expect(world.events.map(({ name }) => name)).toEqual(Array.from({ length: 3 }, () => "delivery.changed"));
  const numbers = world.events.flatMap((event) => ("number" in event ? event.number : []));
  expect(numbers).toEqual([numbers[0]!, numbers[0]! + 1, numbers[0]! + 2]);
});

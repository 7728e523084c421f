import { sql } from "drizzle-orm";
import { jsonb, pgTable, timestamp } from "drizzle-orm/pg-core";
import { afterEach, expect, inject, test } from "vitest";
import { Cable } from "../../test/helpers/cable.ts";
import { poll } from "../../test/helpers/poll.ts";
import { connect, inTransaction, type Connection, type Queryable } from "./connect.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function plugged(): Promise<Cable> {
  const cable = await Cable.plug();
  open.push({ close: () => cable.cut() });
  return cable;
}

function connected(url: string, options: { max?: number } = {}): Connection {
  const connection = connect(url, options);
  open.push(connection);
  return connection;
}

/** What work comes to: its error, when it fails. */
function ending(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => error);
}

/** Waits until every connection of the pool can be used; each may tell its last end once more before. */
async function wholePool({ db }: Pick<Connection, "db">): Promise<void> {
  await poll("ten transactions at once", async () => {
    const work = Array.from({ length: 10 }, () => inTransaction(db, async (tx) => await tx.execute(one)));
    return (await Promise.allSettled(work)).every(({ status }) => status === "fulfilled");
  });
}

const one = sql`select 1 as one`;
const sleep = sql`select pg_sleep(4)`;

test("a transaction whose connection is cut fails, and the pool is whole again", async () => {
  const cable = await plugged();
  const { db } = connected(cable.url);
  for (const isolationLevel of ["read committed", "repeatable read"] as const) {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const work = inTransaction(
      db,
      async (tx) => {
        await tx.execute(one);
        begin();
        return await Promise.all([tx.execute(sleep), tx.execute(one)]);
      },
      { isolationLevel },
    );
    const ended = ending(work);
    await begun;
    await cable.cut();
    expect(await ended).toMatchObject({ code: "CONNECTION_CLOSED" });
    await cable.mend();
    await wholePool({ db });
  }
});

test("a transaction whose server process is ended fails, and the pool is whole again", async () => {
  const { db } = connected(inject("postgresUrl"));
  const other = connected(inject("postgresUrl"));
  const { promise: begun, resolve: begin } = Promise.withResolvers<number>();
  const work = inTransaction(db, async (tx) => {
    const [backend] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    begin(backend!.pid);
    await tx.execute(sleep);
  });
  const ended = ending(work);
  await other.db.execute(sql`select pg_terminate_backend(${await begun})`);
  expect(await ended).toMatchObject({ code: expect.stringMatching(/^(57P01|CONNECTION_CLOSED)$/) });
  await wholePool({ db });
});

test("arrays go to PostgreSQL and come back", async () => {
  const { db } = connected(inject("postgresUrl"));
  const uuids = [crypto.randomUUID(), crypto.randomUUID()];
  const texts = ["plain", 'a "quoted" one', "back\\slash", "a, comma {and braces}", ""];
  const rows = await db.execute(sql`
    select ${sql.param(uuids)}::uuid[] as uuids, to_json(${sql.param(texts)}::text[]) as texts,
      to_json(${sql.param([1, 2 ** 40])}::bigint[]) as numbers, cardinality(${sql.param([])}::uuid[]) as none,
      array_position(${sql.param(["x", null])}::text[], null) as gap`);
  expect(rows).toEqual([{ uuids, texts, numbers: [1, 2 ** 40], none: 0, gap: 2 }]);
});

test("JSON and dates are the same in a transaction and outside of one", async () => {
  const { db } = connected(inject("postgresUrl"));
  const [json, at] = [JSON.stringify({ a: ["b"] }), "2026-11-22T20:00:00.000Z"];
  const ask = sql`select jsonb_typeof(${json}::jsonb) as kind, ${json}::jsonb as json, ${at}::timestamptz(3) as at`;
  const outside = [...(await db.execute(ask))];
  expect(outside).toMatchObject([{ kind: "object" }]);
  expect(await inTransaction(db, async (tx) => [...(await tx.execute(ask))])).toEqual(outside);
});

test("work that fails is rolled back, and its own error comes out", async () => {
  const { db } = connected(inject("postgresUrl"));
  const work = inTransaction(db, async (tx) => {
    await tx.execute(sql`create table never (id int)`);
    throw new Error("changed our mind");
  });
  await expect(work).rejects.toThrow("changed our mind");
  expect(await db.execute(sql`select to_regclass('never') as found`)).toEqual([{ found: null }]);
});

test("after a time without PostgreSQL the pool is back within five seconds", async () => {
  const cable = await plugged();
  const { db } = connected(cable.url);
  await wholePool({ db });
  await cable.cut();
  let refused = 0;
  const knock = async () => {
    expect(await ending(db.execute(one))).toBeInstanceOf(Error);
    refused += 1;
  };
  await poll("many refusals", async () => {
    await Promise.all(Array.from({ length: 10 }, knock));
    return refused >= 60;
  });
  await cable.mend();
  const began = performance.now();
  await wholePool({ db });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("the first statements of a transaction do not wait for the answer to its beginning", async () => {
  const cable = await plugged();
  const { db } = connected(cable.url);
  await wholePool({ db });
  cable.sent = "";
  cable.hold();
  const work = inTransaction(
    db,
    async (tx) => await Promise.all([tx.execute(one), tx.execute(sql`select 2 as two`)]),
  );
  await poll("all of it on its way", () => cable.sent.includes("select 2 as two"));
  expect(cable.sent).toMatch(/begin.*select 1 as one.*select 2 as two/s);
  cable.release();
  expect(await work).toEqual([[{ one: 1 }], [{ two: 2 }]]);
});

test("a transaction whose connection is cut before its beginning is answered fails, and the pool is whole again", async () => {
  const cable = await plugged();
  const { db } = connected(cable.url, { max: 1 });
  await wholePool({ db });
  cable.sent = "";
  cable.hold();
  const ended = ending(inTransaction(db, async (tx) => await tx.execute(one)));
  await poll("its statement on its way", () => cable.sent.includes("select 1 as one"));
  await cable.cut();
  cable.release();
  expect(await ended).toMatchObject({ code: "CONNECTION_CLOSED" });
  await cable.mend();
  await wholePool({ db });
});

test("of many transactions and statements at once, none runs in the transaction of another", async () => {
  const { db } = connected(inject("postgresUrl"));
  const xid = sql`select pg_current_xact_id()::text as xid`;
  const ask = async (q: Queryable) => (await q.execute<{ xid: string }>(xid))[0]!.xid;
  const work = Array.from({ length: 60 }, (_, index) =>
    index % 3 === 0
      ? ask(db).then((own) => [own])
      : inTransaction(db, async (tx) => [...(await Promise.all([ask(tx), ask(tx)])), await ask(tx)]),
  );
  const xids = (await Promise.all(work)).map((own) => [...new Set(own)]);
  expect(xids.filter(({ length }) => length !== 1)).toEqual([]);
  expect(new Set(xids.flat()).size).toBe(60);
});

test("a transaction whose beginning is refused fails, and nothing follows in it", async () => {
  const cable = await plugged();
  const { db } = connected(cable.url, { max: 1 });
  await wholePool({ db });
  const seen: unknown[] = [];
  cable.spoils = true;
  const ended = ending(
    inTransaction(db, async (tx) => {
      seen.push(await tx.execute(one));
      seen.push(await tx.execute(one));
    }),
  );
  expect(await ended).toBeInstanceOf(Error);
  expect(cable.spoils).toBe(false);
  expect(seen.length).toBeLessThan(2);
  await wholePool({ db });
});

test("a transaction begins behind any number of statements, and they are committed", async () => {
  const { db } = connected(inject("postgresUrl"), { max: 1 });
  await wholePool({ db });
  const xid = sql`select pg_current_xact_id()::text as xid`;
  const ask = async (q: Queryable) => (await q.execute<{ xid: string }>(xid))[0]!.xid;
  for (const many of [97, 98, 99, 100, 101, 102]) {
    const before = Array.from({ length: many }, () => ask(db));
    for (let tick = 0; tick < 10; tick += 1) await Promise.resolve(); // until they are on their way
    const within = inTransaction(db, async (tx) => [await ask(tx), await ask(tx)]);
    const own = await within;
    expect(new Set(own).size).toBe(1);
    const others = [...(await Promise.all(before)), await ask(db)];
    expect(new Set([...others, own[0]]).size).toBe(many + 2);
  }
});

test("a value that is written within a transaction is the same as one written outside", async () => {
  const connection = connect(inject("postgresUrl"), { max: 1 });
  open.push(connection);
  const written = { words: ["one"] };
  const at = new Date(0);
  const table = pgTable("written_value", {
    json: jsonb("json"),
    at: timestamp("at", { withTimezone: true }),
  });
  const { db } = connection;
  await db.execute(sql`create table written_value (json jsonb, at timestamptz)`);
  try {
    await db.insert(table).values({ json: written, at });
    await inTransaction(db, async (tx) => {
      await tx.insert(table).values({ json: written, at });
      expect(await tx.select().from(table)).toEqual([
        { json: written, at },
        { json: written, at },
      ]);
    });
    const kinds = await db.execute(sql`select jsonb_typeof(json) as kind from written_value`);
    expect(kinds.map(({ kind }) => kind)).toEqual(["object", "object"]);
  } finally {
    await db.execute(sql`drop table written_value`);
  }
});

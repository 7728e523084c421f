import { eq, inArray, sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { createTestDatabase } from "../../test/helpers/database.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { connect, type Database } from "./connect.ts";
import { findPeopleByIds } from "./people.ts";
import { buildOnce } from "./prepare.ts";
import { person } from "./schema/people.ts";

/** One connection, so that what it keeps can be asked for on it. */
async function openOne(parameters = "", max = 1): Promise<Database> {
  const database = await createTestDatabase();
  const connection = connect(database.url + parameters, { max });
  onTestFinished(async () => {
    await connection.close();
    await database.drop();
  });
  return connection.db;
}

function ids(count: number): PersonId[] {
  return Array.from({ length: count }, () => newId<"person">());
}

async function keptStatements(db: Database): Promise<string[]> {
  const rows = await db.execute<{ statement: string }>(sql`select statement from pg_prepared_statements`);
  return rows.map(({ statement }) => statement).filter((statement) => statement.includes('from "person"'));
}

test("a statement is parsed once per connection, whether in a transaction or not", async () => {
  const db = await openOne();
  await findPeopleByIds(db, ids(2));
  await findPeopleByIds(db, ids(2));
  await db.transaction((tx) => findPeopleByIds(tx, ids(2)));
  expect(await keptStatements(db)).toHaveLength(1);
});

test("a list is one value, however long it is", async () => {
  const db = await openOne();
  for (let count = 61; count < 70; count += 1) await findPeopleByIds(db, ids(count));
  expect(await keptStatements(db)).toHaveLength(1);
});

test("lists that are many values are not kept, one statement for each length", async () => {
  const db = await openOne();
  for (let count = 61; count < 70; count += 1) {
    const list = inArray(person.id, ids(count));
    await db.select({ id: person.id }).from(person).where(list);
  }
  expect(await keptStatements(db)).toEqual([]);
});

test("an address that forbids it keeps nothing", async () => {
  const db = await openOne("?prepare=false");
  expect(await findPeopleByIds(db, ids(2))).toEqual([]);
  expect(await keptStatements(db)).toEqual([]);
});

test("a statement that fails leaves its connection and the kept statement usable", async () => {
  const db = await openOne();
  const [id] = ids(1);
  const insert = (at: Database | Parameters<Parameters<Database["transaction"]>[0]>[0]) =>
    at.execute(sql`insert into person (id, handle, created_at) values (${id}, 'ann', now())`);
  await insert(db);
  const failing = db.transaction((tx) => Promise.all([insert(tx), findPeopleByIds(tx, [id!])]));
  await expect(failing).rejects.toThrow(/insert into person/);
  expect(await findPeopleByIds(db, [id!])).toHaveLength(1);
});

test("a query that is built once finds in each database what is there, whatever the values", async () => {
  const [one, other] = [await openOne("", 2), await openOne()];
  const [id] = ids(1);
  await one.execute(sql`insert into person (id, handle, created_at) values (${id}, 'ann', now())`);
  let built = 0;
  const query = buildOnce((db) => {
    built += 1;
    return db
      .select({ handle: person.handle })
      .from(person)
      .where(eq(person.id, sql.placeholder("id")))
      .prepare("handle");
  });
  expect(await query(one).execute({ id })).toEqual([{ handle: "ann" }]);
  expect(await query(one).execute({ id: newId<"person">() })).toEqual([]);
  expect(await query(other).execute({ id })).toEqual([]);
  const found = await one.transaction((tx) => {
    return Promise.all([query(tx).execute({ id }), query(other).execute({ id }), query(one).execute({ id })]);
  });
  expect(found).toEqual([[{ handle: "ann" }], [], [{ handle: "ann" }]]);
  expect(built).toBe(1);
});

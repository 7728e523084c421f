import { expect, test } from "vitest";
import { startHostileApp } from "../helpers/hostile-app.ts";
import { stateHash } from "../helpers/state-hash.ts";

test("IF-64: a message on which the server breaks is refused each time, told to the operator, and in nobody's way", async () => {
  const app = await startHostileApp();
  const { sql } = app.connection;
  await sql.unsafe(`
    create function break_on_poison() returns trigger language plpgsql as
      $$ begin if new.text = 'poison' then raise 'broken on %', new.text; end if; return new; end $$;
    create trigger break_on_poison before insert on message for each row execute function break_on_poison()`);
  expect((await app.send(app.signed(app.create({ content: "first" })))).status).toBe(202);
  const poison = app.create({ content: "poison" });
  const before = await stateHash(app.databaseUrl);
  for (const times of [1, 2, 3]) {
    expect((await app.send(app.signed(poison))).status).toBe(500);
    const errors = app.logged.filter(({ level }) => level === "error");
    expect(errors).toHaveLength(times);
    expect(errors.at(-1)).toMatchObject({ reason: "error", count: times, actorId: app.eve.id });
  }
  expect(await stateHash(app.databaseUrl)).toBe(before);
  expect(JSON.stringify(app.logged)).not.toContain("poison'");
  expect(JSON.stringify(app.logged)).not.toContain("broken on");
  for (let n = 0; n < 100; n += 1) {
    expect((await app.send(app.signed(app.create({ content: `after ${n}` })))).status).toBe(202);
  }
  const [row] = await sql<{ count: number }[]>`select count(*)::int from message where text like 'after %'`;
  expect(row?.count).toBe(100);
  await sql`drop trigger break_on_poison on message`;
  expect((await app.send(app.signed(poison))).status).toBe(202);
  expect(await app.texts()).toContain("poison");
});

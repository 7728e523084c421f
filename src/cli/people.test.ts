import { expect, test } from "vitest";
import { run } from "../../test/helpers/operator.ts";
import { worldWith } from "../../test/helpers/second-factor.ts";

test("an operator gives somebody another handle, and says until when the former one is kept", async () => {
  const world = await worldWith("ann", "bo");
  expect(await run(world, "user", "rename", "@Ann", "anna")).toEqual({
    code: 0,
    lines: ["@anna (the former handle is kept until 2027-01-01)"],
  });
  // Found by the former one too, and without waiting.
  expect((await run(world, "user", "rename", "ann", "annie")).lines[0]).toContain("@annie");
  for (const [handle, why] of [
    ["ann", "is taken on this server"],
    ["anna", "is taken on this server"],
    ["a b", "must be at most 30 letters"],
    ["admin", "could be taken for a name of the server itself"],
  ])
    expect((await run(world, "user", "rename", "bo", handle!)).lines.join()).toContain(
      `error: handle ${why}`,
    );
  expect((await run(world, "user", "rename", "nobody", "somebody")).code).toBe(1);
});

test("an operator lets an account end, and thinks better of it; the last owner stays", async () => {
  const world = await worldWith("ann", "bo");
  const { sql } = world.connection;
  const ends = async () => (await sql`select ends_at from account where ends_at is not null`).length;
  const after = new Date(world.ctx.now().getTime() + 30 * 24 * 3600 * 1000).toISOString();
  expect(await run(world, "user", "end", "@Ann")).toEqual({ code: 0, lines: [`@ann ends at ${after}.`] });
  expect(await ends()).toBe(1);
  // Whoever asks again does not begin anew.
  world.pass(1_000);
  expect((await run(world, "user", "end", "ann")).lines).toEqual([`@ann ends at ${after}.`]);
  for (const _ of [1, 2])
    expect(await run(world, "user", "keep", "ann")).toEqual({ code: 0, lines: ["@ann stays."] });
  expect(await ends()).toBe(0);
  await sql`update account set role = 'owner' where person_id = ${world.people[1]!}`;
  const refused = await run(world, "user", "end", "bo");
  expect([refused.code, refused.lines.join()]).toEqual([1, expect.stringContaining("last owner")]);
  for (const verb of ["end", "keep"]) expect((await run(world, "user", verb, "nobody")).code).toBe(1);
  expect(await ends()).toBe(0);
  const noted = await sql`select action, actor_id from audit_entry where action like 'account.%' order by id`;
  expect(noted.filter(({ action }) => action !== "account.created")).toEqual([
    { action: "account.ending", actor_id: null },
    { action: "account.kept", actor_id: null },
  ]);
});

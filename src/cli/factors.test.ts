import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { readFactors } from "#domain/sign-in/begin.ts";
import { run } from "../../test/helpers/operator.ts";
import { givePasskey, giveTotp, password, worldWith } from "../../test/helpers/second-factor.ts";

test("an operator takes away what somebody has lost, and it is noted that it was not they who did", async () => {
  const world = await worldWith("ann");
  const { ctx, connection, people } = world;
  const [ann] = people;
  expect(await run(world, "user", "factor", "list", "ann")).toEqual({
    code: 0,
    lines: ["Nothing but a password is asked for."],
  });
  await giveTotp(ctx, ann!);
  const { passkey } = await givePasskey(ctx, ann!);
  const { lines } = await run(world, "user", "factor", "list", "@ann");
  expect(lines).toEqual([
    "totp",
    expect.stringMatching(/^[\w-]+ {2}\d{4}-\d\d-\d\d {2}key$/),
    "10 recovery codes are left.",
  ]);
  for (const factor of ["totp", passkey.id])
    expect((await run(world, "user", "factor", "remove", "ann", factor)).code).toBe(0);
  expect(await readFactors(ctx, ann!)).toEqual({ totp: false, codesLeft: 0, passkeys: [] });
  for (const factor of ["totp", passkey.id, "nonsense"])
    expect((await run(world, "user", "factor", "remove", "ann", factor)).code).toBe(1);
  const rows = await connection.sql`select actor_id from audit_entry where action = 'factor.removed'`;
  expect([...rows]).toEqual([{ actor_id: null }, { actor_id: null }]);
});

test("an operator vouches for an address, which belongs to one account only", async () => {
  const world = await worldWith("ann");
  await createAccount(world.ctx, { handle: "bo", password, role: "member" });
  const email = async (...args: string[]) => await run(world, "user", "email", ...args);
  expect(await email("ann")).toEqual({ code: 0, lines: ["none"] });
  expect(await email("ann", "ann@mail.example")).toEqual({ code: 0, lines: ["ann@mail.example"] });
  expect(await email("bo", "ANN@mail.example")).toMatchObject({ code: 1 });
  for (const wrong of ["ann", "ann@mail.example, eve@mail.example", "a@b\r\nBcc: eve@mail.example"])
    await expect(email("ann", wrong)).rejects.toThrow("process.exit");
  expect(await email("ann")).toEqual({ code: 0, lines: ["ann@mail.example"] });
  expect(await email("ann", "--none")).toEqual({ code: 0, lines: ["none"] });
  expect(await email("bo", "ann@mail.example")).toMatchObject({ code: 0 });
});

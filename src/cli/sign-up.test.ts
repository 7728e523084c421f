import { expect, test } from "vitest";
import { fresh, run } from "../../test/helpers/operator.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { checkSignIn } from "#domain/accounts.ts";
import { finishReset } from "#domain/sign-up/reset.ts";
import { signUp } from "#domain/sign-up/sign-up.ts";

const password = "firefly-night";

test("an operator says who may sign up, and hands out codes and takes them back", async () => {
  const world = await createWorld();
  expect((await run(world, "sign-up", "mode")).lines).toEqual(["open"]);
  expect((await run(world, "sign-up", "mode", "invite")).lines).toEqual(["invite"]);
  const created = await run(
    world,
    "sign-up",
    "code",
    "create",
    "--uses",
    "2",
    "--days",
    "3",
    "--note",
    "for\nAnn",
  );
  const code = created.lines.join();
  expect(code).toMatch(/^[\w-]{22}$/);
  await signUp(world.ctx, { handle: "ann", password, code });
  expect((await run(world, "sign-up", "code", "list")).lines).toEqual([
    `${code}  1/2  until 2026-01-04  for Ann`,
  ]);
  expect((await run(world, "sign-up", "code", "revoke", code)).code).toBe(0);
  expect((await run(world, "sign-up", "code", "list")).lines).toEqual([`${code}  1/2  taken back  for Ann`]);
  expect(await run(world, "sign-up", "code", "revoke", "nonsense")).toEqual({
    code: 1,
    lines: ["error: code is not known on this server"],
  });
});

test("an operator lets somebody in who waits, and lets somebody in again who lost their password", async () => {
  const world = await createWorld();
  await run(world, "sign-up", "mode", "approval");
  await signUp(world.ctx, { handle: "ann", password, reason: "a friend\nof\u202EBo" });
  await signUp(world.ctx, { handle: "bo", password });
  const { lines } = await run(world, "sign-up", "requests");
  expect(lines).toEqual(["ann  2026-01-01  a friend of Bo", "bo  2026-01-01"]);
  expect((await run(world, "sign-up", "approve", "@ann")).lines).toEqual(["@ann can sign in now."]);
  expect((await run(world, "sign-up", "reject", "bo")).lines).toEqual(["@bo does not wait any more."]);
  expect((await run(world, "sign-up", "requests")).lines).toEqual(["Nobody waits."]);
  const [url = ""] = (await run(world, "user", "reset-link", "ann")).lines;
  await finishReset(world.ctx, { ticket: url.split("#")[1] ?? "", password: "firefly-noon-3" });
  await checkSignIn(world.ctx, { handle: "ann", password: "firefly-noon-3" });
  expect((await run(world, "user", "password", "ann")).code).toBe(0);
  await checkSignIn(world.ctx, { handle: "ann", password: fresh });
});

import { expect, test } from "vitest";
import { fresh, run } from "../../test/helpers/operator.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { checkSignIn } from "#domain/accounts.ts";
import { createToken } from "#domain/tokens.ts";

async function printed(world: World, ...args: string[]): Promise<string[]> {
  const { code, lines } = await run(world, ...args);
  expect([args.join(" "), code, lines]).toEqual([args.join(" "), 0, lines]);
  return lines;
}

test("an operator looks after people without a browser: roles, sessions, who is let in", async () => {
  const world = await createWorld();
  await printed(world, "user", "create", "ann", "--role", "owner");
  await printed(world, "user", "create", "bo");
  expect(await printed(world, "user", "role", "@bo", "moderator")).toEqual(["@bo: moderator"]);
  expect(await run(world, "user", "role", "ann", "member")).toEqual({
    code: 1,
    lines: [expect.stringContaining("is the last owner")],
  });
  await createToken(world.ctx, { handle: "bo", name: "phone" });
  const [session = ""] = await printed(world, "user", "sessions", "bo");
  expect(session).toContain("phone");
  await printed(world, "user", "end-session", "bo", session.split("  ")[0] ?? "");
  expect(await printed(world, "user", "sessions", "bo")).toEqual([]);
  await printed(world, "user", "suspend", "bo");
  expect(await printed(world, "user", "list")).toEqual([
    "ann     owner   2026-01-01",
    "bo      moderator  2026-01-01  suspended",
  ]);
  await printed(world, "user", "restore", "bo");
  await checkSignIn(world.ctx, { handle: "bo", password: fresh });
});

test("an operator decides what roles may do, about networks and about servers", async () => {
  const world = await createWorld();
  await printed(world, "role", "set", "bot", "write");
  expect(await printed(world, "role", "list")).toContain("bot        write");
  const [rule = ""] = await printed(world, "ip", "deny", "192.0.2.0/24", "--door", "sign-up", "--days", "3");
  expect(rule).toContain("deny   192.0.2.0/24  sign-up  until 2026-01-04");
  await printed(world, "ip", "remove", rule.split("  ")[0] ?? "");
  expect(await printed(world, "ip", "list")).toEqual(["Nothing is decided about any network."]);
  await printed(world, "server", "silence", "Loud.example", "--note", "asks everybody");
  expect(await printed(world, "server", "list")).toEqual([
    "loud.example  silence       2026-01-01  asks everybody",
  ]);
  await printed(world, "server", "forget", "loud.example");
  expect(await printed(world, "server", "list")).toEqual(["Nothing is decided about any server."]);
});

test("an operator sees what waits, and what was done by whom", async () => {
  const world = await createWorld();
  await printed(world, "user", "create", "ann", "--role", "owner");
  await printed(world, "sign-up", "mode", "approval");
  await printed(world, "sign-up", "code", "create");
  await printed(world, "user", "create", "bo");
  await printed(world, "user", "suspend", "bo");
  expect(await printed(world, "overview")).toEqual([
    [
      "registration       approval",
      "people             1, and 1 shut out",
      "wait for accounts  0",
      "codes that hold    1",
      "rules of networks  0",
      "rules of servers   0",
    ].join("\n"),
  ]);
  expect(await printed(world, "audit", "--person", "@bo")).toEqual([
    expect.stringMatching(/  person\.suspended  - -> @bo  -  \{\}$/),
    expect.stringMatching(/  account\.created  - -> @bo  /),
  ]);
  expect(await printed(world, "audit", "--action", "setting.changed")).toHaveLength(1);
  expect(await printed(world, "audit", "--limit", "2")).toHaveLength(2);
});

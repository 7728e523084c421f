import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { forgetExpired } from "./housekeeping.ts";
import { checkDoor, listIpRules, makeIpRule, removeIpRule, type MakeIpRule } from "./ip-rules.ts";

const usual = { by: null, doors: ["api"], note: "", expiresAt: null } as const;

async function decide(
  { ctx }: World,
  ...rules: (Pick<MakeIpRule, "network" | "verdict"> & Partial<MakeIpRule>)[]
) {
  for (const rule of rules) await makeIpRule(ctx, { ...usual, ...rule });
}

async function isLetIn({ ctx }: World, address: string, door: "api" | "sign-up" = "api"): Promise<boolean> {
  return await checkDoor(ctx, { address, door }).then(
    () => true,
    (error: Error) => {
      expect(error.message).toBe("address_refused");
      return false;
    },
  );
}

test("the nearest network decides, and of two rules for one network the one that lets in", async () => {
  const world = await createWorld();
  await decide(
    world,
    { network: "192.0.2.0/24", verdict: "deny" },
    { network: "192.0.2.128/25", verdict: "allow" },
    { network: "192.0.2.200", verdict: "deny" },
    { network: "198.51.100.0/24", verdict: "deny" },
    { network: "198.51.100.0/24", verdict: "allow" },
    { network: "::/0", verdict: "deny" },
    { network: "2001:db8::/32", verdict: "allow" },
  );
  const verdicts = [
    "192.0.2.1",
    "192.0.2.129",
    "192.0.2.200",
    "198.51.100.1",
    "203.0.113.1",
    "2001:db8::1",
    "2001:db9::1",
  ];
  const found = await Promise.all(verdicts.map((address) => isLetIn(world, address)));
  expect(found).toEqual([false, true, false, true, true, true, false]);
});

test("CL-25: every spelling of an address gets the verdict of the address", async () => {
  const world = await createWorld();
  await decide(
    world,
    { network: "::ffff:1.2.3.4", verdict: "deny" },
    { network: "2001:DB8::/32", verdict: "deny" },
  );
  for (const address of [
    "1.2.3.4",
    "::ffff:1.2.3.4",
    "::FFFF:0102:0304",
    "001.002.003.004",
    "[::ffff:1.2.3.4]:80",
  ])
    expect([address, await isLetIn(world, address)]).toEqual([address, false]);
  for (const address of ["2001:db8::1", "2001:0DB8:0000::0001", "2001:db8::1%eth0", "[2001:db8::1]"])
    expect([address, await isLetIn(world, address)]).toEqual([address, false]);
});

test("a rule holds for its doors only, until it runs out or is taken back, and each step is noted", async () => {
  const world = await createWorld();
  const { ctx, events, connection } = world;
  const expiresAt = new Date(ctx.now().getTime() + 60_000);
  await decide(world, { network: "192.0.2.0/24", verdict: "deny", expiresAt });
  expect([await isLetIn(world, "192.0.2.1"), await isLetIn(world, "192.0.2.1", "sign-up")]).toEqual([
    false,
    true,
  ]);
  world.pass(60_000);
  expect(await isLetIn(world, "192.0.2.1")).toBe(true);
  world.pass(25 * 3600 * 1000);
  await forgetExpired(ctx);
  expect(await listIpRules(ctx, { by: null })).toEqual([]);
  const { id } = await makeIpRule(ctx, { ...usual, network: "192.0.2.9/24", verdict: "deny", note: "storm" });
  expect(await isLetIn(world, "192.0.2.1")).toBe(false);
  await removeIpRule(ctx, { by: null, id });
  expect(await isLetIn(world, "192.0.2.1")).toBe(true);
  await expect(removeIpRule(ctx, { by: null, id })).rejects.toThrow("not_found");
  expect(events.filter(({ name }) => name === "terms.changed")).toHaveLength(3);
  const noted = await connection.sql`select action, details from audit_entry order by id desc limit 1`;
  expect(noted).toEqual([
    { action: "ip-rule.removed", details: { network: "192.0.2.0/24", verdict: "deny", doors: ["api"] } },
  ]);
});

test("only who may decide about networks does, and only about networks", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const { id: by } = await world.local("mia");
  await insertAccount(ctx.db, { personId: by, role: "member", createdAt: ctx.now() });
  const rule = { ...usual, network: "192.0.2.0/24", verdict: "deny" } as const;
  await expect(makeIpRule(ctx, { ...rule, by })).rejects.toThrow("not_permitted");
  await expect(listIpRules(ctx, { by })).rejects.toThrow("not_permitted");
  for (const network of ["everything", "1.2.3.4/40", "", "10/8"])
    await expect(makeIpRule(ctx, { ...rule, network })).rejects.toThrow("network_invalid (network)");
  await expect(makeIpRule(ctx, { ...rule, expiresAt: ctx.now() })).rejects.toThrow("in_the_past (expiresAt)");
});

test("whoever decides cannot keep themselves out, neither by a rule nor by taking one back", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const { id: by } = await world.local("ann");
  await insertAccount(ctx.db, { personId: by, role: "owner", createdAt: ctx.now() });
  const own = { ...usual, by, address: "192.0.2.7" };
  const deny = { ...own, network: "192.0.2.0/24", verdict: "deny" } as const;
  await expect(makeIpRule(ctx, deny)).rejects.toThrow("locks_you_out (network)");
  await expect(makeIpRule(ctx, { ...deny, network: "::ffff:192.0.2.7", doors: ["sign-in"] })).rejects.toThrow(
    "locks_you_out (network)",
  );
  await expect(isLetIn(world, "192.0.2.8")).resolves.toBe(true);
  await makeIpRule(ctx, { ...deny, doors: ["sign-up", "federation"] });
  await makeIpRule(ctx, { ...deny, address: "203.0.113.9", network: "198.51.100.0/24" });
  const allowed = await makeIpRule(ctx, { ...own, network: "192.0.2.7", verdict: "allow" });
  await makeIpRule(ctx, deny);
  const back = { by, id: allowed.id, address: "192.0.2.7" };
  await expect(removeIpRule(ctx, back)).rejects.toThrow("locks_you_out (network)");
  expect((await listIpRules(ctx, { by })).map(({ id }) => id)).toContain(allowed.id);
  await removeIpRule(ctx, { ...back, by: null });
  expect(await isLetIn(world, "192.0.2.7")).toBe(false);
});

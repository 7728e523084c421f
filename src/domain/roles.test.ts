import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import { serverPermissions, type ServerRole } from "#lib/server-role.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { listRoles, requirePermission, setPermissions } from "./roles.ts";

async function serverOf(...roles: ServerRole[]) {
  const world = await createWorld();
  const { ctx } = world;
  const people = await Promise.all(
    roles.map(async (role) => {
      const { id: personId } = await world.local(role);
      await insertAccount(ctx.db, { personId, role, createdAt: ctx.now() });
      return personId;
    }),
  );
  return { ...world, people };
}

test("an owner may do everything, a moderator some of it, a member nothing that concerns others", async () => {
  const { ctx, people } = await serverOf("owner", "moderator", "member");
  const [owner, moderator, member] = people;
  for (const permission of serverPermissions)
    expect(await requirePermission(ctx, owner!, permission)).toBe("owner");
  expect(await requirePermission(ctx, moderator!, "ip-rules")).toBe("moderator");
  await expect(requirePermission(ctx, moderator!, "settings")).rejects.toThrow("not_permitted");
  await expect(requirePermission(ctx, member!, "people")).rejects.toThrow("not_permitted");
});

test("what a role may do holds as soon as an owner has decided it, and is noted", async () => {
  const { ctx, people, events, connection } = await serverOf("owner", "member");
  const [owner, member] = people;
  const permissions = ["write", "audit"] as const;
  await setPermissions(ctx, { by: owner!, role: "member", permissions });
  expect(await requirePermission(ctx, member!, "audit")).toBe("member");
  await expect(requirePermission(ctx, member!, "groups")).rejects.toThrow("not_permitted");
  expect((await listRoles(ctx)).find(({ role }) => role === "member")?.permissions).toEqual(permissions);
  expect(events.at(-1)).toEqual({ name: "terms.changed" });
  const [entry] = await connection.sql`select action, actor_id, details from audit_entry`;
  expect(entry).toEqual({
    action: "role.changed",
    actor_id: owner,
    details: { role: "member", permissions },
  });
});

test("nobody but an owner decides what roles may do, and nobody takes anything from owners", async () => {
  const { ctx, people, connection } = await serverOf("owner", "admin");
  const [owner, admin] = people;
  const refused = { role: "moderator", permissions: serverPermissions } as const;
  await expect(setPermissions(ctx, { by: admin!, ...refused })).rejects.toThrow("not_permitted (role)");
  await expect(setPermissions(ctx, { by: owner!, role: "owner", permissions: [] })).rejects.toThrow(
    "not_permitted",
  );
  expect(await connection.sql`select 1 from audit_entry`).toHaveLength(0);
});

test("an entry of the audit log can be neither changed nor deleted", async () => {
  const { ctx, people, connection } = await serverOf("owner");
  await setPermissions(ctx, { by: people[0]!, role: "bot", permissions: [] });
  const { sql } = connection;
  await expect(Promise.resolve(sql`update audit_entry set action = 'nothing'`)).rejects.toThrow(
    "only ever added",
  );
  await expect(Promise.resolve(sql`update audit_entry set actor_id = null`)).rejects.toThrow(
    "only ever added",
  );
  await expect(Promise.resolve(sql`delete from audit_entry`)).rejects.toThrow("only ever added");
  await sql`update audit_entry set address = null`;
});

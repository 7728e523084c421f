import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import type { ServerRole } from "#lib/server-role.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { startConversation } from "./conversations.ts";
import { createGroup } from "./groups/create.ts";
import { postMessage } from "./messages/post.ts";
import type { PersonRow } from "./people.ts";
import { giveRole, listPeople, restorePerson, suspendPerson } from "./people-rules.ts";
import { setPermissions } from "./roles.ts";
import { authenticate, createToken } from "./tokens.ts";

async function person(world: World, handle: string, role: ServerRole): Promise<PersonRow> {
  const row = await world.local(handle);
  await insertAccount(world.ctx.db, { personId: row.id, role, createdAt: world.ctx.now() });
  return row;
}

test("the last owner keeps their role and is not shut out; once there is another, they may give way", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await person(world, "ann", "owner"), await person(world, "bo", "member")];
  const step = { by: ann.id, personId: ann.id, role: "member" } as const;
  await expect(giveRole(ctx, step)).rejects.toThrow("last_owner");
  await expect(giveRole(ctx, { ...step, by: null })).rejects.toThrow("last_owner");
  await expect(suspendPerson(ctx, { by: null, personId: ann.id })).rejects.toThrow("last_owner");
  await giveRole(ctx, { by: ann.id, personId: bo.id, role: "owner" });
  await suspendPerson(ctx, { by: ann.id, personId: bo.id });
  await expect(giveRole(ctx, step)).rejects.toThrow("last_owner");
  await restorePerson(ctx, { by: ann.id, personId: bo.id });
  expect(await giveRole(ctx, step)).toMatchObject({ handle: "ann", role: "member" });
});

test("of two owners who give way to each other at once one is refused, and an owner remains", async () => {
  const world = await createWorld();
  const { ctx } = world;
  for (let round = 0; round < 5; round += 1) {
    const one = await person(world, `one${round}`, "owner");
    const other = await person(world, `other${round}`, "owner");
    const steps = await Promise.allSettled([
      giveRole(ctx, { by: one.id, personId: one.id, role: "member" }),
      suspendPerson(ctx, { by: null, personId: other.id }),
    ]);
    expect(steps.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await world.connection.sql`delete from account`;
  }
});

test("nobody gives more than they have, nor decides about those who stand as high", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const owner = await person(world, "owner", "owner");
  const [admin, peer] = [await person(world, "one", "admin"), await person(world, "two", "admin")];
  const [moderator, member] = [await person(world, "mod", "moderator"), await person(world, "mia", "member")];
  const give = (by: PersonRow, to: PersonRow, role: ServerRole) =>
    giveRole(ctx, { by: by.id, personId: to.id, role });
  await expect(give(admin, member, "owner")).rejects.toThrow("not_permitted");
  await expect(give(admin, peer, "member")).rejects.toThrow("not_permitted");
  await expect(give(admin, owner, "member")).rejects.toThrow("not_permitted");
  await expect(give(moderator, member, "moderator")).rejects.toThrow("not_permitted");
  await expect(give(member, member, "admin")).rejects.toThrow("not_permitted");
  await expect(suspendPerson(ctx, { by: moderator.id, personId: admin.id })).rejects.toThrow("not_permitted");
  await expect(suspendPerson(ctx, { by: admin.id, personId: admin.id })).rejects.toThrow("yourself");
  await setPermissions(ctx, { by: owner.id, role: "admin", permissions: ["people", "roles"] });
  await expect(give(admin, member, "moderator")).rejects.toThrow("not_permitted");
  await expect(listPeople(ctx, { by: member.id, handle: "", after: null, limit: 9 })).rejects.toThrow(
    "not_permitted",
  );
});

test("whoever is shut out loses every session with it, and comes back by signing in anew", async () => {
  const world = await createWorld();
  const { ctx, events } = world;
  const owner = await person(world, "owner", "owner");
  const mia = await person(world, "mia", "member");
  const { token, sessionId } = await createToken(ctx, { handle: "mia", name: "test" });
  await suspendPerson(ctx, { by: owner.id, personId: mia.id });
  await expect(authenticate(ctx, token)).rejects.toThrow("unauthorized");
  expect(events).toContainEqual({ name: "session.revoked", sessionId, personId: mia.id });
  await restorePerson(ctx, { by: owner.id, personId: mia.id });
  await expect(authenticate(ctx, token)).rejects.toThrow("unauthorized");
  const page = { by: owner.id, handle: "MI", after: null, limit: 9 };
  expect(await listPeople(ctx, page)).toMatchObject([{ handle: "mia", state: "active", role: "member" }]);
  expect(await listPeople(ctx, { ...page, handle: "m_" })).toEqual([]);
});

test("what a role may do holds where messages, conversations with strangers and groups begin, at once when it changes", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [mia, noa] = [await person(world, "mia", "member"), await person(world, "noa", "member")];
  const known = await world.between(mia, noa);
  await world.say(noa, known, "hello");
  const say = (author: PersonRow) =>
    postMessage(ctx, { authorId: author.id, conversationId: known, text: "yes" });
  await say(mia);
  await giveRole(ctx, { by: null, personId: mia.id, role: "limited" });
  await say(mia);
  await expect(createGroup(ctx, { personId: mia.id, title: "Band" })).rejects.toThrow("not_permitted");
  const stranger = await world.local("stranger");
  await expect(startConversation(ctx, { personId: mia.id, withId: stranger.id })).rejects.toThrow(
    "not_permitted",
  );
  await setPermissions(ctx, { by: null, role: "limited", permissions: [] });
  await expect(say(mia)).rejects.toThrow("not_permitted");
  await giveRole(ctx, { by: null, personId: mia.id, role: "member" });
  await say(mia);
  await createGroup(ctx, { personId: mia.id, title: "Band" });
});

test("to know whether somebody may write asks the database nothing but once", async () => {
  const world = await createWorld();
  const [mia, noa] = [await person(world, "mia", "member"), await person(world, "noa", "member")];
  const conversation = await world.between(mia, noa);
  await world.say(mia, conversation, "one");
  await world.connection.sql`alter table account rename to elsewhere`;
  await world.connection.sql`alter table role_permission rename to elsewhere_too`;
  await world.say(mia, conversation, "two");
});

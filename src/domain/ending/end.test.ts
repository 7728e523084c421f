import { expect, test } from "vitest";
import { createAccount, checkSignIn } from "#domain/accounts.ts";
import { createGroup } from "#domain/groups/create.ts";
import { setMemberRole } from "#domain/groups/verbs.ts";
import { forgetExpired } from "#domain/housekeeping.ts";
import { findLocalPerson, type PersonRow } from "#domain/people.ts";
import { readConversation } from "#domain/read.ts";
import { renamePerson } from "#domain/rename.ts";
import { beginSession } from "#domain/sign-in/begin.ts";
import { finishSecondStep } from "#domain/sign-in/second.ts";
import { authenticate } from "#domain/tokens.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { endAccount, endOwnAccount, keepAccount } from "./end.ts";
import { workOffEndings } from "./work.ts";

const DAY_MS = 24 * 3600 * 1000;
const password = "correct horse";
const device = { userAgent: null, address: null };

const account = ({ ctx }: World, handle: string, role: "owner" | "member" = "member") =>
  createAccount(ctx, { handle, password, role });

/** Signs in by the password. */
async function enter({ ctx }: World, handle: string) {
  const { person, passwordHash } = await checkSignIn(ctx, { handle, password });
  return await beginSession(ctx, { personId: person.id, device, by: "password", passwordHash });
}

async function entered(world: World, handle: string): Promise<string> {
  const begun = await enter(world, handle);
  if (!("tokens" in begun)) throw new Error("more is asked for");
  return begun.tokens.access;
}

const stateOf = async ({ connection }: World, id: string) =>
  (await connection.sql`select state from person where id = ${id}`)[0]?.["state"] as string;

test("an account that is to end lets nobody in but whoever keeps it, and is as it was then", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await account(world, "ann");
  const access = await entered(world, "ann");
  const endsAt = await endOwnAccount(ctx, { personId: ann.id });
  expect(endsAt.getTime() - ctx.now().getTime()).toBe(30 * DAY_MS);
  await expect(authenticate(ctx, access)).rejects.toThrow("unauthorized");
  world.pass(DAY_MS);
  expect(await endOwnAccount(ctx, { personId: ann.id })).toEqual(endsAt);
  const step = await enter(world, "ann");
  if (!("ticket" in step)) throw new Error("they came in");
  expect(step).toMatchObject({ endsAt, factors: [], passkey: null });
  const { ticket } = step;
  await expect(finishSecondStep(ctx, { ticket, proof: null, device })).rejects.toThrow("account_ending");
  const { tokens } = await finishSecondStep(ctx, { ticket, proof: null, keep: true, device });
  expect(await authenticate(ctx, tokens.access)).toMatchObject({ personId: ann.id });
  world.pass(60 * DAY_MS);
  await workOffEndings(ctx);
  expect(await stateOf(world, ann.id)).toBe("active");
  const actions = await world.connection
    .sql`select action from audit_entry where action like 'account.%' order by id`;
  expect(actions.map(({ action }) => action as string)).toEqual([
    "account.created",
    "account.ending",
    "account.kept",
  ]);
});

test("what arrives meanwhile waits unread, and others see nothing of the end before it comes", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await account(world, "ann"), await world.local("bo")];
  const conversationId = await world.between(bo, ann);
  await world.say(ann, conversationId, "mine");
  world.events.length = 0;
  await endOwnAccount(ctx, { personId: ann.id });
  expect(world.events.filter((event) => "to" in event)).toEqual([]);
  await world.say(bo, conversationId, "yours");
  const seen = await readConversation(ctx, { personId: bo.id, conversationId });
  expect(seen.members.find(({ person }) => person.id === ann.id)).toMatchObject({ shownPosition: 0 });
  world.pass(30 * DAY_MS);
  await workOffEndings(ctx);
  const after = await readConversation(ctx, { personId: bo.id, conversationId });
  expect(after.members.find(({ person }) => person.id === ann.id)?.person.state).toBe("deleted");
});

test("CL-17 nobody takes the name of somebody who is gone, nor signs in as them", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await account(world, "ann");
  await endOwnAccount(ctx, { personId: ann.id });
  world.pass(31 * DAY_MS);
  await workOffEndings(ctx);
  await expect(enter(world, "ann")).rejects.toThrow("wrong_password");
  await expect(account(world, "Ann")).rejects.toThrow("handle_taken");
  const held = await world.connection.sql`select until from held_handle where handle = 'ann'`;
  expect(held).toEqual([{ until: null }]);
});

test("CL-17 nobody takes a name either that somebody who is gone had before, however long ago they gave it up", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await account(world, "ann");
  await renamePerson(ctx, { personId: ann.id, by: null, handle: "anna" });
  await endOwnAccount(ctx, { personId: ann.id });
  world.pass(31 * DAY_MS);
  await workOffEndings(ctx);
  world.pass(400 * DAY_MS);
  await forgetExpired(ctx);
  for (const handle of ["ann", "Anna"]) {
    await expect(account(world, handle)).rejects.toThrow("handle_taken");
    expect(await findLocalPerson(ctx, { handle })).toBeNull();
  }
});

test("the last owner stays, and one who is leaving counts as none", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await account(world, "ann", "owner"), await account(world, "bo", "owner")];
  const cy = await account(world, "cy");
  await expect(endAccount(ctx, { by: cy.id, personId: bo.id })).rejects.toThrow("not_permitted");
  await expect(endAccount(ctx, { by: ann.id, personId: ann.id })).rejects.toThrow("yourself");
  await endOwnAccount(ctx, { personId: ann.id });
  await expect(endOwnAccount(ctx, { personId: bo.id })).rejects.toThrow("last_owner");
  await expect(endAccount(ctx, { by: null, personId: bo.id })).rejects.toThrow("last_owner");
  await keepAccount(ctx, { by: bo.id, personId: ann.id });
  await endOwnAccount(ctx, { personId: bo.id });
  await endAccount(ctx, { by: ann.id, personId: cy.id });
});

test("groups pass to whoever may the most there, and one in which nobody is left is closed", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await account(world, "ann");
  const [bo, cy] = [await world.local("bo"), await world.local("cy")];
  const shared = await groupOf(world, [ann, bo, cy]);
  await setMemberRole(ctx, { personId: ann.id, conversationId: shared, otherId: cy.id, role: "admin" });
  const alone = await createGroup(ctx, { personId: ann.id, title: "alone" });
  await endOwnAccount(ctx, { personId: ann.id });
  world.pass(31 * DAY_MS);
  await workOffEndings(ctx);
  const { sql } = world.connection;
  const roles =
    await sql`select person_id as id, role from member where conversation_id = ${shared} order by rank`;
  expect(roles).toEqual([
    { id: bo.id, role: "member" },
    { id: cy.id, role: "owner" },
  ]);
  expect(await sql`select state from conversation where id = ${alone}`).toEqual([{ state: "closed" }]);
});

test("a group passes to whoever can act before it passes to who cannot just now, and is not closed while anybody is left", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const { sql } = world.connection;
  const people = ["ann", "bo", "cy", "di", "eve"].map((handle) => account(world, handle));
  const [ann, bo, cy, di, eve] = (await Promise.all(people)) as [
    PersonRow,
    PersonRow,
    PersonRow,
    PersonRow,
    PersonRow,
  ];
  const group = await groupOf(world, [ann, bo, cy, di, eve]);
  for (const { id: otherId } of [bo, cy, di])
    await setMemberRole(ctx, { personId: ann.id, conversationId: group, otherId, role: "admin" });
  await sql`update person set state = 'suspended' where id = ${bo.id}`;
  await sql`update person set moved_to = ${(await world.remote("far")).id}, moved_at = now() where id = ${cy.id}`;
  await endOwnAccount(ctx, { personId: ann.id });
  world.pass(DAY_MS);
  await endOwnAccount(ctx, { personId: di.id });
  const owner = async () =>
    (await sql`select person_id as id from member where conversation_id = ${group} and role = 'owner'`)[0]?.[
      "id"
    ] as string;
  world.pass(29 * DAY_MS);
  await workOffEndings(ctx);
  expect(await owner()).toBe(eve.id);
  await endOwnAccount(ctx, { personId: eve.id });
  world.pass(30 * DAY_MS);
  await workOffEndings(ctx);
  // Nobody is left who can act: it is theirs nonetheless, who may be back.
  expect(await owner()).toBe(bo.id);
  expect(await sql`select state from conversation where id = ${group}`).toEqual([{ state: "open" }]);
});

test("a worker that dies on the way leaves nothing undone", async () => {
  const world = await createWorld();
  const ann = await account(world, "ann");
  const bo = await world.local("bo");
  const conversationId = await world.between(ann, bo);
  for (let n = 0; n < 250; n += 1) await world.say(ann, conversationId, `words ${n}`);
  await endOwnAccount(world.ctx, { personId: ann.id });
  world.pass(31 * DAY_MS);
  const left = async () =>
    (await world.connection.sql`select count(*)::int as n from message where text is not null`)[0]?.[
      "n"
    ] as number;
  let passes = 0;
  const dying = {
    ...world.ctx,
    failpoint: async (name: string) => {
      if (name === "in-job" && ++passes === 2) throw new Error("died");
    },
  };
  await expect(workOffEndings(dying)).rejects.toThrow("died");
  expect(await left()).toBe(50);
  // Whoever is at it is left alone until they say nothing more.
  await workOffEndings(world.ctx);
  expect(await left()).toBe(50);
  world.pass(60_000);
  await workOffEndings(world.ctx);
  expect(await left()).toBe(0);
  expect(await world.connection.sql`select * from departure`).toEqual([]);
});

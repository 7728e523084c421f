import { expect, test } from "vitest";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { decided, groupOf } from "../../../test/helpers/groups.ts";
import { findGroupMembers } from "#db/groups.ts";
import type { PersonId } from "#lib/ids.ts";
import { removeMember } from "../groups/verbs.ts";
import { saveRemotePerson, type PersonRow } from "../people.ts";
import { listConversations, listMessages, readConversation } from "../read.ts";
import { blockPerson, mutePerson } from "../relations/change.ts";
import { readOwn } from "../relations/read.ts";
import { addAlias, listAliases, removeAlias } from "./aliases.ts";
import { carryOver, type CarryOrder } from "./carry.ts";
import { moveAway, readLeft, readMoving, takeBackMove } from "./move-away.ts";
import { moveRemotePerson } from "./take-in.ts";

const DAY_MS = 24 * 3600 * 1000;

/** Does what waits to be carried over, as a worker does, as often as it is asked to. */
async function carry({ ctx, connection }: World, times = 1): Promise<void> {
  const jobs = await connection.sql<{ payload: CarryOrder }[]>`
    select payload from graphile_worker._private_jobs order by id`;
  for (const { payload } of jobs) for (let time = 0; time < times; time += 1) await carryOver(ctx, payload);
  await connection.sql`delete from graphile_worker._private_jobs`;
}

async function agree({ ctx }: World, { from, to }: { from: PersonRow; to: PersonRow }): Promise<void> {
  await addAlias(ctx, { personId: to.id, otherId: from.id });
}

const move = (world: World, { from, to }: { from: PersonRow; to: PersonRow }) =>
  from.host === null
    ? moveAway(world.ctx, { personId: from.id, toId: to.id })
    : moveRemotePerson(world.ctx, { uri: from.uri!, toId: to.id });

async function makeKind(world: World, ...people: readonly PersonRow[]): Promise<void> {
  for (const { id } of people)
    await world.connection.sql`update person set signals = 'https://b.example/signals' where id = ${id}`;
}

const roles = async ({ ctx }: World, id: Parameters<typeof findGroupMembers>[1]) =>
  (await findGroupMembers(ctx.db, id)).map(({ person, member }) => `${person.handle} ${member.role}`);

/** With whom somebody talks, and how many messages and lines there are. */
async function contactsOf({ ctx }: World, personId: PersonId, state: "accepted" | "request" = "accepted") {
  const { views } = await listConversations(ctx, { personId, state, before: null, limit: 50 });
  return views.map(({ members, conversation }) => {
    const others = members.filter(({ person }) => person.id !== personId);
    const names = others.map(({ person }) => `${person.handle}@${person.host ?? "a.example"}`);
    return `${names.join(" ")} ${conversation.position}`;
  });
}

test("somebody says which other accounts are theirs, ten at most, and takes it back", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await world.local("ann");
  const others = await Promise.all(Array.from({ length: 11 }, (_, at) => world.remote(`ann${at}`)));
  for (const other of [...others.slice(0, 10), others[0]!])
    await addAlias(ctx, { personId: ann.id, otherId: other.id });
  expect(await listAliases(ctx, ann.id)).toHaveLength(10);
  const add = (otherId: PersonId) => addAlias(ctx, { personId: ann.id, otherId });
  await expect(add(others[10]!.id)).rejects.toThrow("too_many_aliases");
  await expect(add(ann.id)).rejects.toThrow("yourself");
  await removeAlias(ctx, { personId: ann.id, otherId: others[0]!.id });
  await expect(removeAlias(ctx, { personId: ann.id, otherId: others[0]!.id })).rejects.toThrow("not_found");
  await add(others[10]!.id);
});

test("an account is left for one that agrees, is not left itself, and only after thirty days again", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, next, other] = [
    await world.local("ann"),
    await world.local("next"),
    await world.local("other"),
  ];
  const to = (target: PersonRow) => move(world, { from: ann, to: target });
  await expect(to(ann)).rejects.toThrow("yourself");
  await expect(to(next)).rejects.toThrow("move_not_agreed");
  await agree(world, { from: ann, to: next });
  await agree(world, { from: ann, to: other });
  await agree(world, { from: next, to: ann });
  await to(next);
  expect(await readMoving(ctx, ann.id)).toMatchObject({ movedTo: { id: next.id } });
  // Neither a loop nor a chain is made in one go.
  await expect(move(world, { from: next, to: ann })).rejects.toThrow("target_moved");
  await takeBackMove(ctx, { personId: ann.id });
  await expect(takeBackMove(ctx, { personId: ann.id })).rejects.toThrow("not_found");
  await expect(to(other)).rejects.toThrow("moved_lately");
  world.pass(30 * DAY_MS);
  await to(other);
  expect(await readMoving(ctx, ann.id)).toMatchObject({ movedTo: { id: other.id } });
});

test("of two who move the same account at once, one does", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const targets = await Promise.all(["one", "two", "three"].map((handle) => world.local(handle)));
  for (const to of targets) await agree(world, { from: ann, to });
  const results = await Promise.allSettled(targets.map((to) => move(world, { from: ann, to })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test.each([
  { kind: "local", host: undefined },
  { kind: "remote", host: "c.example" },
])("contacts go on with a $kind account, once, with a line", async ({ host }) => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const next = host === undefined ? await world.local("next") : await world.remote("next", host);
  const talk = await world.between(ann, bo);
  await world.say(ann, talk, "hello");
  await world.say(bo, talk, "hello");
  if (next.host === null) await agree(world, { from: bo, to: next });
  await move(world, { from: bo, to: next });
  await carry(world, 2);
  const name = `next@${host ?? "a.example"}`;
  expect(await contactsOf(world, ann.id)).toEqual([`${name} 1`, "bo@b.example 2"]);
  const [gone] = (
    await listConversations(ctx, { personId: ann.id, state: "accepted", before: null, limit: 1 })
  ).views;
  const { messages } = await listMessages(ctx, {
    ...{ personId: ann.id, conversationId: gone!.conversation.id, at: null, limit: 5 },
  });
  expect(messages.map(({ notice, authorId }) => [notice, authorId])).toEqual([
    [{ type: "moved", personIds: [bo.id], value: "@bo@b.example" }, next.id],
  ]);
  expect(await contactsOf(world, next.id)).toEqual(["ann@a.example 1"]);
});

test("blocks and mutes hold for both accounts, whoever made them, and nothing goes on behind one (IF-55)", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, cy, bo, next] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.local("cy"),
    await world.remote("bo"),
    await world.remote("next", "c.example"),
  ];
  for (const one of [ann, bea, cy]) await world.say(one, await world.between(one, bo), "hello");
  await blockPerson(ctx, { personId: ann.id, otherId: bo.id, kind: "open" });
  await mutePerson(ctx, { personId: bea.id, otherId: bo.id, until: null });
  await world.between(cy, next);
  await blockPerson(ctx, { personId: cy.id, otherId: next.id, kind: "silent" });
  await world.connection
    .sql`insert into relation (person_id, other_id, block) values (${bo.id}, ${bea.id}, 'open')`;
  await move(world, { from: bo, to: next });
  await carry(world);
  const choices = async ({ id }: PersonRow) =>
    (await readOwn(ctx, id)).relations.map(({ otherId, block, mutedAt }) => [
      otherId,
      block,
      mutedAt !== null,
    ]);
  expect(await choices(ann)).toEqual([
    [bo.id, "open", false],
    [next.id, "silent", false],
  ]);
  expect(await choices(bea)).toEqual([
    [bo.id, null, true],
    [next.id, null, true],
  ]);
  const back = await world.connection
    .sql`select block from relation where person_id = ${next.id} and other_id = ${bea.id}`;
  expect(back).toEqual([{ block: "silent" }]);
  expect(await contactsOf(world, ann.id)).toEqual(["bo@b.example 1"]);
  expect(await contactsOf(world, bea.id)).toEqual(["bo@b.example 1"]);
  expect(await contactsOf(world, cy.id)).toEqual(["next@c.example 0", "bo@b.example 1"]);
});

test("in groups that are kept here the new account takes the old one's place and role, in one entry of the log", async () => {
  const world = await createWorld();
  const [ann, bo, next] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("next", "c.example"),
  ];
  await makeKind(world, next);
  const id = await groupOf(world, [ann, bo]);
  await decided(world, id, [{ type: "role", personId: bo.id, role: "admin", by: ann.id }]);
  const entries = async () =>
    (
      await world.connection.sql<{ decision: object }[]>`
      select decision from log_entry where conversation_id = ${id} order by seq`
    ).map(({ decision }) => decision);
  const before = (await entries()).length;
  await move(world, { from: bo, to: next });
  await carry(world, 2);
  expect(await roles(world, id)).toEqual(["ann owner", "next admin"]);
  expect((await entries()).slice(before)).toEqual([
    { kind: "added", personId: next.id, role: "admin", byId: next.id, insteadId: bo.id },
  ]);
});

test("an owner hands the group over to themselves, also where the new account is in it already", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, next] = [await world.local("ann"), await world.local("bea"), await world.local("next")];
  const [alone, both] = [await groupOf(world, [ann, bea]), await groupOf(world, [ann, next, bea])];
  await world.say(ann, alone, "before");
  await agree(world, { from: ann, to: next });
  await move(world, { from: ann, to: next });
  await carry(world, 2);
  expect(await roles(world, alone)).toEqual(["bea member", "next owner"]);
  expect(await roles(world, both)).toEqual(["next owner", "bea member"]);
  // They read on what they could read before.
  const { messages } = await listMessages(ctx, {
    personId: next.id,
    conversationId: alone,
    at: null,
    limit: 9,
  });
  expect(messages.map(({ text, notice }) => notice?.type ?? text)).toEqual([
    "created",
    "joined",
    "before",
    "moved",
  ]);
  const old = await readConversation(ctx, { personId: ann.id, conversationId: alone });
  expect(old.member.leftRevision).not.toBeNull();
});

test("no place is given to an account that is banned, or whose server knows no groups (IF-55)", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy] = [await world.local("ann"), await world.remote("bo"), await world.remote("cy")];
  const [banned, plain] = [
    await world.remote("banned", "c.example"),
    await world.remote("plain", "d.example"),
  ];
  await makeKind(world, banned);
  const id = await groupOf(world, [ann, bo, cy, banned]);
  await removeMember(ctx, { personId: ann.id, conversationId: id, otherId: banned.id, ban: true });
  await move(world, { from: bo, to: banned });
  await move(world, { from: cy, to: plain });
  await carry(world);
  expect(await roles(world, id)).toEqual(["ann owner", "bo member", "cy member"]);
});

test("an account that is left neither writes nor is written to, until that is taken back", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, next, bo] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.remote("next"),
    await world.remote("bo"),
  ];
  const [talk, abroad] = [await world.between(bea, ann), await world.between(ann, bo)];
  const group = await groupOf(world, [bea, ann]);
  await world.say(ann, talk, "hello");
  await move(world, { from: ann, to: next });
  for (const id of [talk, abroad, group]) await expect(world.say(ann, id, "?")).rejects.toThrow("you_moved");
  await expect(world.say(bea, talk, "?")).rejects.toThrow("recipient_moved");
  await expect(world.say(bo, abroad, "?")).rejects.toThrow("recipient_moved");
  await world.say(bea, group, "the others go on");
  await takeBackMove(ctx, { personId: ann.id });
  await world.say(bea, talk, "welcome back");
  await world.say(ann, group, "thanks");
});

test("a move that is taken back before it was carried over carries nothing", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, next] = [await world.local("ann"), await world.local("bea"), await world.local("next")];
  await world.say(bea, await world.between(bea, ann), "hello");
  await agree(world, { from: ann, to: next });
  await move(world, { from: ann, to: next });
  await takeBackMove(ctx, { personId: ann.id });
  await carry(world);
  expect(await contactsOf(world, next.id)).toEqual([]);
});

test("whoever says of themselves that they have become nobody else is shown so again", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, next] = [await world.local("ann"), await world.remote("bo"), await world.remote("next")];
  await world.between(ann, bo);
  await move(world, { from: bo, to: next });
  const { uri, handle, host, kind, name, profileUrl, inbox } = bo;
  const said = { uri: uri!, handle, host: host!, kind, name, profileUrl, inbox };
  expect((await saveRemotePerson(ctx, said)).movedTo).toBe(next.id);
  const before = world.events.length;
  await saveRemotePerson(ctx, { ...said, stays: true });
  expect(world.events.slice(before)).toMatchObject([{ name: "member.changed", personId: bo.id }]);
});

test("what somebody leaves is told of nobody who has not moved, and holds contacts, blocks and groups", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy, next] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("cy"),
    await world.remote("next"),
  ];
  await world.say(ann, await world.between(ann, bo), "hello");
  await world.between(ann, cy);
  await blockPerson(ctx, { personId: ann.id, otherId: cy.id, kind: "silent" });
  const id = await groupOf(world, [ann, bo]);
  await expect(readLeft(ctx, ann.id)).rejects.toThrow("not_found");
  await move(world, { from: ann, to: next });
  const left = await readLeft(ctx, ann.id);
  expect(left.contacts.map((one) => one.handle)).toEqual(["bo"]);
  expect(left.blocked.map((one) => one.handle)).toEqual(["cy"]);
  expect(left.groups.map((room) => room.id)).toEqual([id]);
});

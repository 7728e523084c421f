import { expect, test } from "vitest";
import { groupOf } from "../../../test/helpers/groups.ts";
import { agree, carry, contactsOf, makeKind, move, roles } from "../../../test/helpers/moving.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { answerRequest } from "../conversations.ts";
import type { PersonRow } from "../people.ts";
import { listConversations, listMessages } from "../read.ts";
import { blockPerson, mutePerson } from "../relations/change.ts";
import { readOwn } from "../relations/read.ts";
import { readNumber } from "../sync.ts";
import { readLeft, takeBackMove } from "./move-away.ts";
import { moveRemotePerson } from "./take-in.ts";

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
  for (const one of [ann, bea, cy]) {
    const talk = await world.between(one, bo);
    for (const author of [one, bo]) await world.say(author, talk, "hello");
  }
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
  expect(await contactsOf(world, ann.id)).toEqual(["bo@b.example 2"]);
  expect(await contactsOf(world, bea.id)).toEqual(["bo@b.example 2"]);
  expect(await contactsOf(world, cy.id)).toEqual(["next@c.example 0", "bo@b.example 2"]);
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

test("what somebody leaves is told of nobody who has not moved, and holds contacts, blocks and groups", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy, next] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("cy"),
    await world.remote("next"),
  ];
  const [talk, unheard] = [await world.between(ann, bo), await world.remote("unheard")];
  await world.say(ann, talk, "hello");
  await world.say(bo, talk, "hello");
  // Whoever never answered has accepted nothing.
  await world.say(ann, await world.between(ann, unheard), "hello");
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

/** A contact list that another server made up, of which a job knows. */
const carryForged = async (world: World, of: { from: PersonRow; to: PersonRow; contacts: PersonRow[] }) => {
  const { from, to, contacts } = of;
  const contactIds = contacts.map(({ id }) => id);
  const brought = { contactIds, blockedIds: [], groups: [] };
  await agree(world, { from, to });
  await moveRemotePerson(world.ctx, { uri: from.uri!, toId: to.id, brought });
  await carry(world, 2);
};

test.each([
  { case: "heard of neither", met: false, answer: null },
  { case: "has not answered the old one", met: true, answer: null },
  { case: "declined the old one", met: true, answer: "declined" as const },
])("no other server says that somebody here accepted one who moves: who $case (IF-55)", async (of) => {
  const world = await createWorld();
  const { ctx } = world;
  const [mal, vic, evil] = [
    await world.local("mal"),
    await world.local("vic"),
    await world.remote("evil", "evil.example"),
  ];
  if (of.met) {
    const asked = await world.between(vic, evil);
    await world.connection.sql`update member set state = 'request' where person_id = ${vic.id}`;
    await world.say(evil, asked, "hello");
    if (of.answer !== null)
      await answerRequest(ctx, { personId: vic.id, conversationId: asked, answer: of.answer });
  }
  const before = await readNumber(ctx, vic.id);
  await carryForged(world, { from: evil, to: mal, contacts: [vic] });
  expect(await contactsOf(world, vic.id)).toEqual([]);
  expect(await contactsOf(world, mal.id)).toEqual([]);
  expect(await readNumber(ctx, vic.id)).toEqual(before);
});

test("a request of the new account stays one, whatever another server says of the old one (IF-55)", async () => {
  const world = await createWorld();
  const [mal, vic, evil] = [
    await world.local("mal"),
    await world.local("vic"),
    await world.remote("evil", "evil.example"),
  ];
  await world.say(mal, await world.between(mal, vic), "hello");
  expect(await contactsOf(world, vic.id, "request")).toEqual(["mal@a.example 1"]);
  await carryForged(world, { from: evil, to: mal, contacts: [vic] });
  expect(await contactsOf(world, vic.id)).toEqual([]);
  expect(await contactsOf(world, vic.id, "request")).toEqual(["mal@a.example 1"]);
});

test("nothing goes on with somebody who is suspended, nor where what was accepted ends before it is carried", async () => {
  const world = await createWorld();
  const [ann, bea, bo, next] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.remote("bo"),
    await world.remote("next", "c.example"),
  ];
  for (const one of [ann, bea]) {
    const talk = await world.between(one, bo);
    for (const author of [one, bo]) await world.say(author, talk, "hello");
  }
  await world.connection.sql`update person set state = 'suspended' where id = ${ann.id}`;
  await move(world, { from: bo, to: next });
  await world.connection.sql`update member set state = 'declined' where person_id = ${bea.id}`;
  await carry(world);
  for (const one of [ann, bea]) expect(await contactsOf(world, one.id)).not.toContain("next@c.example 1");
});

test("who was merely written to is no contact, and one whose carrying fails costs nobody else theirs", async () => {
  const world = await createWorld();
  const [ann, bea, cy, bo, next] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.local("cy"),
    await world.remote("bo"),
    await world.remote("next", "c.example"),
  ];
  for (const one of [ann, bea]) {
    const talk = await world.between(one, bo);
    for (const author of [one, bo]) await world.say(author, talk, "hello");
  }
  await world.say(cy, await world.between(cy, bo), "hello?");
  await makeKind(world, next);
  const group = await groupOf(world, [cy, bo]);
  await move(world, { from: bo, to: next });
  const [first] = [ann, bea].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  await world.connection.sql.unsafe(`
    create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create trigger fail before insert on member for each row when (new.person_id = '${first!.id}') execute function fail()`);
  await expect(carry(world)).rejects.toThrow("not everything was carried over");
  const others = [ann, bea].filter(({ id }) => id !== first!.id);
  for (const { id } of others) expect(await contactsOf(world, id)).toContain("next@c.example 1");
  expect(await roles(world, group)).toEqual(["cy owner", "next member"]);
  await world.connection.sql`drop trigger fail on member`;
  await carry(world, 2);
  for (const { id } of [ann, bea]) expect(await contactsOf(world, id)).toContain("next@c.example 1");
  expect(await contactsOf(world, cy.id)).not.toContain("next@c.example 1");
});

import { expect, test } from "vitest";
import { decided, groupOf } from "../../../test/helpers/groups.ts";
import { agree, carry, makeKind, move, roles } from "../../../test/helpers/moving.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { invitePerson } from "../groups/invite.ts";
import { answerJoinRequest, joinByLink } from "../groups/join.ts";
import { createLink } from "../groups/links.ts";
import { removeMember, unbanPerson } from "../groups/verbs.ts";
import { listMessages, readConversation } from "../read.ts";
import { blockPerson } from "../relations/change.ts";

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

test("a ban holds for whoever they become, by link, by consent, by invitation, and through several moves", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, middle, next] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("middle", "c.example"),
    await world.remote("next", "d.example"),
  ];
  await makeKind(world, middle, next);
  const id = await groupOf(world, [ann, bo]);
  const of = { personId: ann.id, conversationId: id };
  const link = { ...of, uses: null, expiresAt: null };
  const [open, asking] = [
    await createLink(ctx, { ...link, approval: false }),
    await createLink(ctx, { ...link, approval: true }),
  ];
  await removeMember(ctx, { ...of, otherId: bo.id, ban: true });
  await move(world, { from: bo, to: middle });
  await move(world, { from: middle, to: next });
  await carry(world);
  for (const { id: personId, uri } of [middle, next]) {
    for (const { code } of [open, asking])
      await expect(joinByLink(ctx, { personId, code, uri: `${uri}/join/${code}` })).rejects.toThrow("banned");
    await expect(invitePerson(ctx, { ...of, inviteeId: personId })).rejects.toThrow("banned");
  }
  expect(await roles(world, id)).toEqual(["ann owner"]);
  await unbanPerson(ctx, { ...of, otherId: bo.id });
  await joinByLink(ctx, { personId: next.id, code: open.code, uri: `${next.uri}/join/again` });
  expect(await roles(world, id)).toEqual(["ann owner", "next member"]);
});

test("a ban that comes after the move holds as well, also for whoever waits to be let in", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, next] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("next", "c.example"),
  ];
  await makeKind(world, next);
  const id = await groupOf(world, [ann, bo]);
  const of = { personId: ann.id, conversationId: id };
  const { code } = await createLink(ctx, { ...of, uses: null, expiresAt: null, approval: true });
  await joinByLink(ctx, { personId: next.id, code, uri: `${next.uri}/join/1` });
  await move(world, { from: bo, to: next });
  await removeMember(ctx, { ...of, otherId: bo.id, ban: true });
  await carry(world);
  const approve = answerJoinRequest(ctx, { ...of, askerId: next.id, answer: "approved" });
  await expect(approve).rejects.toThrow("banned");
  expect(await roles(world, id)).toEqual(["ann owner"]);
});

test.each(["old", "new"] as const)(
  "whose owner blocks the %s account, into that group nobody is put (IF-55)",
  async (whom) => {
    const world = await createWorld();
    const { ctx } = world;
    const [ann, bo, next] = [
      await world.local("ann"),
      await world.remote("bo"),
      await world.remote("next", "c.example"),
    ];
    await makeKind(world, next);
    const id = await groupOf(world, [ann, bo]);
    const otherId = whom === "old" ? bo.id : next.id;
    await world.between(ann, next);
    await blockPerson(ctx, { personId: ann.id, otherId, kind: "silent" });
    await move(world, { from: bo, to: next });
    await carry(world);
    expect(await roles(world, id)).toEqual(["ann owner", "bo member"]);
  },
);

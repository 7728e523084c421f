import { expect, test } from "vitest";
import { answerRequest } from "#domain/conversations.ts";
import { readConversation } from "#domain/read.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { readOwn } from "#domain/relations/read.ts";
import { presentInvitation } from "#present/invitations.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { Context } from "../context.ts";
import type { PersonRow } from "../people.ts";
import { requestLimits } from "../requests/limits.ts";
import { answerInvitation } from "./answer-invitation.ts";
import { invitePerson } from "./invite.ts";
import { listInvited, revokeInvitation } from "./invited.ts";

/** A world in which ann has a group, and others to invite. */
async function scene() {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const conversationId = await groupOf(world, [ann]);
  const invite = async (by: PersonRow, who: PersonRow) =>
    (await invitePerson(world.ctx, { personId: by.id, conversationId, inviteeId: who.id }))!;
  return { world, ctx: world.ctx, ann, bo, cy, conversationId, invite };
}

const invitationsOf = async (ctx: Context, { id }: PersonRow) =>
  (await readOwn(ctx, id)).invitations.map((shown) => presentInvitation(ctx.settings, shown));

const membersOf = async (
  ctx: Context,
  personId: PersonRow["id"],
  conversationId: Awaited<ReturnType<World["between"]>>,
) => (await readConversation(ctx, { personId, conversationId })).members.map(({ person }) => person.handle);

/** What is refused, and that it changed nothing. */
async function refused(world: World, deed: () => Promise<unknown>, code: string): Promise<void> {
  const [before, events] = [await stateHash(world.url), world.events.length];
  await expect(deed()).rejects.toMatchObject({ code });
  expect(await stateHash(world.url)).toBe(before);
  expect(world.events).toHaveLength(events);
}

test("somebody who is invited sees who asks and into what, and is in it only when they agree", async () => {
  const { ctx, ann, bo, conversationId, invite } = await scene();
  const id = await invite(ann, bo);
  const [seen] = await invitationsOf(ctx, bo);
  expect(seen).toMatchObject({ id, conversationId, title: "Trip", host: null, state: "pending" });
  expect([seen?.inviter.handle, seen?.person.handle]).toEqual(["ann", "bo"]);
  await expect(readConversation(ctx, { personId: bo.id, conversationId })).rejects.toMatchObject({
    code: "not_found",
  });
  const answer = { personId: bo.id, invitation: { id }, answer: "accepted" } as const;
  expect(await answerInvitation(ctx, answer)).toEqual({ conversationId, state: "joined" });
  expect(await membersOf(ctx, ann.id, conversationId)).toEqual(["ann", "bo"]);
  expect(await invitationsOf(ctx, bo)).toEqual([]);
  // The same answer again changes nothing.
  expect(await answerInvitation(ctx, answer)).toEqual({ conversationId, state: "joined" });
  expect(await membersOf(ctx, ann.id, conversationId)).toEqual(["ann", "bo"]);
});

test("a rejected invitation is over, and the same person does not ask again", async () => {
  const { world, ctx, ann, bo, cy, conversationId, invite } = await scene();
  const id = await invite(ann, bo);
  await answerInvitation(ctx, { personId: bo.id, invitation: { id }, answer: "rejected" });
  expect([
    await invitationsOf(ctx, bo),
    await listInvited(ctx, { personId: ann.id, conversationId }),
  ]).toEqual([[], []]);
  const accept = { personId: bo.id, invitation: { id }, answer: "accepted" } as const;
  await refused(world, () => answerInvitation(ctx, accept), "stale");
  await refused(world, () => invite(ann, bo), "invitation_rejected");
  const second = await invite(ann, cy);
  await answerInvitation(ctx, { personId: cy.id, invitation: { id: second }, answer: "accepted" });
  expect(await invite(cy, bo)).not.toBe(id);
});

test("inviting twice is inviting once", async () => {
  const { world, ann, bo, invite } = await scene();
  const id = await invite(ann, bo);
  const before = await stateHash(world.url);
  expect(await invite(ann, bo)).toBe(id);
  expect(await stateHash(world.url)).toBe(before);
});

test("an invitation that was taken back is gone, and its answer is refused", async () => {
  const { world, ctx, ann, bo, cy, conversationId, invite } = await scene();
  const id = await invite(ann, bo);
  await refused(world, () => revokeInvitation(ctx, { personId: cy.id, invitationId: id }), "not_found");
  await revokeInvitation(ctx, { personId: ann.id, invitationId: id });
  await revokeInvitation(ctx, { personId: ann.id, invitationId: id });
  expect([
    await invitationsOf(ctx, bo),
    await listInvited(ctx, { personId: ann.id, conversationId }),
  ]).toEqual([[], []]);
  const accept = { personId: bo.id, invitation: { id }, answer: "accepted" } as const;
  await refused(world, () => answerInvitation(ctx, accept), "stale");
});

test("only whom an invitation is for can answer it; everybody else finds nothing", async () => {
  const { world, ctx, ann, bo, cy, invite } = await scene();
  const id = await invite(ann, bo);
  for (const { id: personId } of [ann, cy]) {
    for (const answer of ["accepted", "rejected"] as const) {
      await refused(
        world,
        () => answerInvitation(ctx, { personId, invitation: { id }, answer }),
        "not_found",
      );
    }
  }
});

test("who is in a group, is not, or may not, is refused by name", async () => {
  const { world, ctx, ann, bo, cy, conversationId, invite } = await scene();
  await refused(world, () => invite(bo, cy), "not_found");
  await refused(world, () => invite(ann, ann), "already_member");
  await refused(world, () => listInvited(ctx, { personId: bo.id, conversationId }), "not_found");
  const id = await invite(ann, bo);
  await answerInvitation(ctx, { personId: bo.id, invitation: { id }, answer: "accepted" });
  await refused(world, () => invite(ann, bo), "already_member");
  const other = await invite(bo, cy);
  const { sql } = world.connection;
  await sql`update conversation set permissions = permissions || '{"invite":"admin"}' where id = ${conversationId}`;
  const dora = await world.local("dora");
  await refused(world, () => invite(bo, dora), "not_permitted");
  await refused(world, () => listInvited(ctx, { personId: bo.id, conversationId }), "not_permitted");
  // Whoever invited may take it back all the same.
  await revokeInvitation(ctx, { personId: bo.id, invitationId: other });
  await sql`update conversation set state = 'archived' where id = ${conversationId}`;
  await refused(world, () => invite(ann, dora), "group_archived");
  await sql`update conversation set state = 'closed' where id = ${conversationId}`;
  await refused(world, () => invite(ann, dora), "group_closed");
});

test("whoever blocks the inviter gets nothing, and the inviter sees an invitation that waits", async () => {
  const { world, ctx, ann, bo, cy, conversationId, invite } = await scene();
  await world.between(ann, bo);
  await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "silent" });
  const number = (await readOwn(ctx, bo.id)).number;
  const [id] = [await invite(ann, bo), await invite(ann, cy)];
  expect(await invitationsOf(ctx, bo)).toEqual([]);
  expect((await readOwn(ctx, bo.id)).number).toBe(number);
  const listed = await listInvited(ctx, { personId: ann.id, conversationId });
  expect(listed.map(({ person, invitation }) => [person.handle, invitation.state])).toEqual([
    ["bo", "pending"],
    ["cy", "pending"],
  ]);
  const accept = { personId: bo.id, invitation: { id }, answer: "accepted" } as const;
  await refused(world, () => answerInvitation(ctx, accept), "not_found");
  await world.between(cy, ann);
  await blockPerson(ctx, { personId: ann.id, otherId: cy.id, kind: "silent" });
  const dora = await groupOf(world, [ann]);
  const toCy = { personId: ann.id, conversationId: dora, inviteeId: cy.id };
  await refused(world, () => invitePerson(ctx, toCy), "you_blocked");
});

test("blocking somebody ends what they asked", async () => {
  const { world, ctx, ann, bo, invite } = await scene();
  await world.between(ann, bo);
  const id = await invite(ann, bo);
  await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "silent" });
  expect(await invitationsOf(ctx, bo)).toEqual([]);
  const accept = { personId: bo.id, invitation: { id }, answer: "accepted" } as const;
  await refused(world, () => answerInvitation(ctx, accept), "stale");
});

test("people of servers that know no invitations are in at once; those of our kind are asked", async () => {
  const { world, ctx, ann, conversationId, invite } = await scene();
  const [legacy, smart] = [await world.remote("legacy"), await world.remote("smart", "c.example")];
  await world.connection.sql`update person set signals = 'https://c.example/signals' where id = ${smart.id}`;
  await invite(ann, legacy);
  await invite(ann, smart);
  expect(await membersOf(ctx, ann.id, conversationId)).toEqual(["ann", "legacy"]);
  const [sent] = await world.connection.sql`
    select a.type, a.other_id, a.detail->>'inviterId' as inviter, d.recipient_id, i.state
    from invitation i join activity a on a.id = i.activity_id join delivery d on d.activity_id = a.id`;
  const { id } = smart;
  expect(sent).toEqual({ type: "Invite", other_id: id, inviter: ann.id, recipient_id: id, state: "pending" });
  const [{ activity_id: activityId }] = (await world.connection.sql`
    select activity_id from invitation where person_id = ${id}`) as never as [{ activity_id: never }];
  await answerInvitation(ctx, { personId: id, invitation: { activityId }, answer: "accepted" });
  expect(await membersOf(ctx, ann.id, conversationId)).toEqual(["ann", "legacy", "smart"]);
});

test("a wave of invitations is limited like a wave of messages, and whom one has met is free", async () => {
  const { world, ann, conversationId } = await scene();
  const ctx = { ...world.ctx, settings: { ...world.ctx.settings, requests: requestLimits } };
  const strangers = await Promise.all(Array.from({ length: 7 }, (_, i) => world.local(`s${i}`)));
  const invite = ({ id: inviteeId }: PersonRow) =>
    invitePerson(ctx, { personId: ann.id, conversationId, inviteeId });
  world.pass(8 * 24 * 3600 * 1000);
  for (const one of strangers.slice(0, 5)) await invite(one);
  await refused(world, () => invite(strangers[5]!), "too_many_strangers");
  const friend = await world.local("friend");
  const between = await world.between(ann, friend);
  await world.say(ann, between, "hello");
  await answerRequest(ctx, { personId: friend.id, conversationId: between, answer: "accepted" });
  await invite(friend);
  world.pass(25 * 3600 * 1000);
  await invite(strangers[5]!);
});

test("no more than twenty strangers wait for one person, whether they write or invite (IF-59)", async () => {
  const world = await createWorld();
  const settings = {
    ...world.ctx.settings,
    requests: { ...requestLimits, strangersPerDayOfNewAccount: 100 },
  };
  const ctx = { ...world.ctx, settings };
  const bo = await world.local("bo");
  const invite = async (owner: PersonRow) => {
    const conversationId = await groupOf(world, [owner]);
    return await invitePerson(ctx, { personId: owner.id, conversationId, inviteeId: bo.id });
  };
  for (let i = 0; i < 20; i += 1) await invite(await world.local(`s${i}`));
  await expect(invite(await world.local("last"))).rejects.toMatchObject({ code: "requests_full" });
  const [open] = await invitationsOf(ctx, bo);
  await answerInvitation(ctx, { personId: bo.id, invitation: { id: open!.id as never }, answer: "rejected" });
  await invite(await world.local("after"));
});

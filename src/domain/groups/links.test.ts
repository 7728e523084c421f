import { expect, test } from "vitest";
import { connect } from "#db/connect.ts";
import type { ConversationId } from "#lib/ids.ts";
import { readConversation } from "#domain/read.ts";
import { readOwn } from "#domain/relations/read.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { PersonRow } from "../people.ts";
import { answerInvitation } from "./answer-invitation.ts";
import { answerJoinRequest, joinByLink, listJoinRequests } from "./join.ts";
import { createLink, listLinks, readLink, revokeLink, type CreateLink } from "./links.ts";

const DAY_MS = 24 * 3600 * 1000;

/** A world in which ann has a group, and makes links into it. */
async function scene() {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const conversationId = await groupOf(world, [ann]);
  const link = (choice: Partial<CreateLink> = {}) => {
    const usual = { uses: null, expiresAt: null, approval: false };
    return createLink(world.ctx, { personId: ann.id, conversationId, ...usual, ...choice });
  };
  return { world, ctx: world.ctx, ann, bo, cy, conversationId, link };
}

const membersOf = async ({ ctx }: World, { id: personId }: PersonRow, conversationId: ConversationId) =>
  (await readConversation(ctx, { personId, conversationId })).members.map(({ person }) => person.handle);

/** What is refused, and that it changed nothing. */
async function refused(world: World, deed: () => Promise<unknown>, code: string): Promise<void> {
  const [before, events] = [await stateHash(world.url), world.events.length];
  await expect(deed()).rejects.toMatchObject({ code });
  expect(await stateHash(world.url)).toBe(before);
  expect(world.events).toHaveLength(events);
}

test("whoever has a link sees what the group is called and comes in; who is in already uses up nothing", async () => {
  const { world, ctx, ann, bo, conversationId, link } = await scene();
  const { code } = await link({ uses: 1 });
  expect(code).toMatch(/^[\w-]{22}$/);
  const preview = await readLink(ctx, { personId: bo.id, code });
  expect([preview.group.title, preview.members]).toEqual(["Trip", 1]);
  expect(await joinByLink(ctx, { personId: bo.id, code })).toEqual({ conversationId, state: "joined" });
  expect(await membersOf(world, ann, conversationId)).toEqual(["ann", "bo"]);
  const before = await stateHash(world.url);
  expect(await joinByLink(ctx, { personId: bo.id, code })).toEqual({ conversationId, state: "joined" });
  expect(await stateHash(world.url)).toBe(before);
  expect((await listLinks(ctx, { personId: ann.id, conversationId }))[0]).toMatchObject({ used: 1, uses: 1 });
});

test("a link that is used up, over or taken back, and a code that never was, are refused alike", async () => {
  const { world, ctx, ann, bo, cy, link } = await scene();
  const [usedUp, over, revoked] = [
    await link({ uses: 1 }),
    await link({ expiresAt: new Date(ctx.now().getTime() + DAY_MS) }),
    await link(),
  ];
  await joinByLink(ctx, { personId: cy.id, code: usedUp.code });
  await revokeLink(ctx, { personId: ann.id, linkId: revoked.id });
  await revokeLink(ctx, { personId: ann.id, linkId: revoked.id });
  world.pass(DAY_MS);
  for (const code of [usedUp.code, over.code, revoked.code, "AAAAAAAAAAAAAAAAAAAAAA", "", "%00"]) {
    await refused(world, () => readLink(ctx, { personId: bo.id, code }), "not_found");
    await refused(world, () => joinByLink(ctx, { personId: bo.id, code }), "not_found");
  }
});

test("a link leads nowhere while its group takes nobody", async () => {
  const { world, ctx, bo, link, conversationId } = await scene();
  const { code } = await link();
  for (const state of ["archived", "closed"]) {
    await world.connection.sql`update conversation set state = ${state} where id = ${conversationId}`;
    await refused(world, () => joinByLink(ctx, { personId: bo.id, code }), "not_found");
  }
});

test("links are made, seen and taken back by those who may, and nobody else", async () => {
  const { world, ctx, ann, bo, cy, conversationId, link } = await scene();
  const { id: linkId, code } = await link();
  await refused(world, () => listLinks(ctx, { personId: bo.id, conversationId }), "not_found");
  await refused(world, () => link({ personId: bo.id }), "not_found");
  await refused(world, () => revokeLink(ctx, { personId: bo.id, linkId }), "not_found");
  await joinByLink(ctx, { personId: bo.id, code });
  await refused(world, () => revokeLink(ctx, { personId: bo.id, linkId }), "not_permitted");
  const own = await link({ personId: bo.id });
  await revokeLink(ctx, { personId: ann.id, linkId: own.id });
  await world.connection.sql`
    update conversation set permissions = permissions || '{"invite":"admin"}' where id = ${conversationId}`;
  await refused(world, () => listLinks(ctx, { personId: bo.id, conversationId }), "not_permitted");
  await refused(world, () => link({ personId: bo.id }), "not_permitted");
  await refused(world, () => link({ expiresAt: ctx.now() }), "in_the_past");
  expect((await readOwn(ctx, cy.id)).invitations).toEqual([]);
});

test("a link with consent makes one wait; whoever may invite lets them in, and their sessions see it", async () => {
  const { world, ctx, ann, bo, cy, conversationId, link } = await scene();
  const { code, id: linkId } = await link({ approval: true });
  for (const person of [bo, cy]) {
    expect(await joinByLink(ctx, { personId: person.id, code })).toEqual({ conversationId, state: "asked" });
  }
  const before = await stateHash(world.url);
  await joinByLink(ctx, { personId: bo.id, code });
  expect(await stateHash(world.url)).toBe(before);
  const stateOf = async ({ id }: PersonRow) =>
    (await readOwn(ctx, id)).invitations.map(({ invitation }) => invitation.state);
  expect([await stateOf(bo), await stateOf(cy)]).toEqual([["asked"], ["asked"]]);
  const requests = await listJoinRequests(ctx, { personId: ann.id, conversationId });
  expect(requests.map(({ person, request }) => [person.handle, request.linkId])).toEqual([
    ["bo", linkId],
    ["cy", linkId],
  ]);
  const answer = { personId: ann.id, conversationId };
  await refused(
    world,
    () => answerJoinRequest(ctx, { ...answer, personId: bo.id, askerId: bo.id, answer: "approved" }),
    "not_found",
  );
  await answerJoinRequest(ctx, { ...answer, askerId: bo.id, answer: "approved" });
  await answerJoinRequest(ctx, { ...answer, askerId: cy.id, answer: "rejected" });
  expect(await membersOf(world, ann, conversationId)).toEqual(["ann", "bo"]);
  expect([await stateOf(bo), await stateOf(cy)]).toEqual([[], ["refused"]]);
  expect(await listJoinRequests(ctx, { personId: ann.id, conversationId })).toEqual([]);
  await refused(world, () => joinByLink(ctx, { personId: cy.id, code }), "join_rejected");
});

test("whoever asks can take it back", async () => {
  const { ctx, ann, bo, conversationId, link } = await scene();
  const { code } = await link({ approval: true });
  await joinByLink(ctx, { personId: bo.id, code });
  const [asked] = (await readOwn(ctx, bo.id)).invitations;
  const invitation = { id: asked!.invitation.id };
  await answerInvitation(ctx, { personId: bo.id, invitation, answer: "rejected" });
  expect(await listJoinRequests(ctx, { personId: ann.id, conversationId })).toEqual([]);
  expect((await readOwn(ctx, bo.id)).invitations).toEqual([]);
});

test("of two who use the last use of a link at once, one comes in", async () => {
  const { world, ctx, ann, bo, cy, conversationId, link } = await scene();
  const { code } = await link({ uses: 1 });
  const other = connect(world.url);
  const tries = await Promise.allSettled([
    joinByLink(ctx, { personId: bo.id, code }),
    joinByLink({ ...ctx, db: other.db }, { personId: cy.id, code }),
  ]);
  await other.close();
  expect(tries.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await membersOf(world, ann, conversationId)).toHaveLength(2);
  expect((await listLinks(ctx, { personId: ann.id, conversationId }))[0]!.used).toBe(1);
});

test("a link that is taken back while it is used lets in whoever was first, and its count is exact", async () => {
  for (let round = 0; round < 5; round += 1) {
    const { world, ctx, ann, bo, conversationId, link } = await scene();
    const { id: linkId, code } = await link();
    const [joined] = await Promise.allSettled([
      joinByLink(ctx, { personId: bo.id, code }),
      revokeLink(ctx, { personId: ann.id, linkId }),
    ]);
    const isIn = joined!.status === "fulfilled";
    expect(await membersOf(world, ann, conversationId)).toHaveLength(isIn ? 2 : 1);
    const [left] = await listLinks(ctx, { personId: ann.id, conversationId });
    expect([left!.used, left!.revokedAt]).toEqual([isIn ? 1 : 0, ctx.now()]);
  }
});

test("200 who join at once over two connections are all in, and the numbers have no gap", async () => {
  const { world, ctx, ann, conversationId, link } = await scene();
  const { code } = await link({ uses: 190 });
  const people = await Promise.all(Array.from({ length: 200 }, (_, i) => world.local(`p${i}`)));
  const other = connect(world.url);
  const before = (await readConversation(ctx, { personId: ann.id, conversationId })).conversation;
  const tries = await Promise.allSettled(
    people.map(({ id }, i) => joinByLink(i % 2 ? ctx : { ...ctx, db: other.db }, { personId: id, code })),
  );
  await other.close();
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(190);
  expect(await membersOf(world, ann, conversationId)).toHaveLength(191);
  expect((await listLinks(ctx, { personId: ann.id, conversationId }))[0]!.used).toBe(190);
  const after = (await readConversation(ctx, { personId: ann.id, conversationId })).conversation;
  const numbers = world.events.flatMap((event) =>
    "revision" in event && event.conversationId === conversationId ? [event.revision] : [],
  );
  const told = [...new Set(numbers)].filter((number) => number > before.revision).toSorted((a, b) => a - b);
  expect(told).toEqual(
    Array.from({ length: after.revision - before.revision }, (_, i) => before.revision + 1 + i),
  );
  expect([after.revision - before.revision, after.position - before.position]).toEqual([380, 190]);
}, 60_000);

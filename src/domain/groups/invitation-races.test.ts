import { expect, test } from "vitest";
import { connect, type Connection } from "#db/connect.ts";
import { lockConversations } from "#db/conversations.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { readConversation } from "#domain/read.ts";
import { readOwn } from "#domain/relations/read.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { answerInvitation } from "./answer-invitation.ts";
import { applyDecisions } from "./apply.ts";
import type { Decision } from "./decision.ts";
import { invitePerson } from "./invite.ts";
import { listInvited, revokeInvitation } from "./invited.ts";
import { joinByLink } from "./join.ts";
import { createLink, listLinks } from "./links.ts";

const ROUNDS = 10;

/** A group of ann and bo, and cy whom bo may invite; and the same server by another connection. */
async function scene() {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const other: Connection = connect(world.url);
  return {
    world,
    ctx: world.ctx,
    beside: { ...world.ctx, db: other.db },
    ann,
    bo,
    cy,
    close: () => other.close(),
  };
}

async function decide(ctx: Context, conversationId: ConversationId, decision: Decision) {
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    await applyDecisions(ctx, tx, { conversation: conversation!, decisions: [decision] });
  });
}

const isIn = (ctx: Context, conversationId: ConversationId, personId: PersonId) =>
  readConversation(ctx, { personId, conversationId }).then(
    () => true,
    () => false,
  );

test("an invitation that is accepted while it is taken back does one of the two", async () => {
  const { world, ctx, beside, ann, bo, cy, close } = await scene();
  for (let round = 0; round < ROUNDS; round += 1) {
    const conversationId = await groupOf(world, [ann, bo]);
    const id = (await invitePerson(ctx, { personId: bo.id, conversationId, inviteeId: cy.id }))!;
    const [accepted] = await Promise.allSettled([
      answerInvitation(ctx, { personId: cy.id, invitation: { id }, answer: "accepted" }),
      revokeInvitation(beside, { personId: bo.id, invitationId: id }),
    ]);
    expect(await isIn(ctx, conversationId, cy.id)).toBe(accepted.status === "fulfilled");
    expect((await readOwn(ctx, cy.id)).invitations).toEqual([]);
  }
  await close();
});

test("whoever is banned while those they invited come in leaves nothing open behind them", async () => {
  const { world, ctx, beside, ann, bo, cy, close } = await scene();
  for (let round = 0; round < ROUNDS; round += 1) {
    const conversationId = await groupOf(world, [ann, bo]);
    const id = (await invitePerson(ctx, { personId: bo.id, conversationId, inviteeId: cy.id }))!;
    const of = { personId: bo.id, conversationId };
    const { code } = await createLink(ctx, { ...of, uses: null, expiresAt: null, approval: false });
    const [accepted] = await Promise.allSettled([
      answerInvitation(ctx, { personId: cy.id, invitation: { id }, answer: "accepted" }),
      decide(beside, conversationId, { type: "remove", personId: bo.id, by: ann.id, ban: true }),
    ]);
    expect(await isIn(ctx, conversationId, cy.id)).toBe(accepted.status === "fulfilled");
    const own = { personId: ann.id, conversationId };
    expect(await listInvited(ctx, own)).toEqual([]);
    expect((await listLinks(ctx, own))[0]!.revokedAt).not.toBeNull();
    await expect(joinByLink(ctx, { personId: bo.id, code })).rejects.toMatchObject({ code: "not_found" });
    const again = await createLink(ctx, { ...own, uses: null, expiresAt: null, approval: round % 2 === 0 });
    await expect(joinByLink(ctx, { personId: bo.id, code: again.code })).rejects.toMatchObject({
      code: "banned",
    });
    const back = invitePerson(ctx, { ...own, inviteeId: bo.id });
    await expect(back).rejects.toMatchObject({ code: "banned", field: "address" });
  }
  await close();
});

test("of an invitation and a link taken up at once, one brings them in, and nothing stays open", async () => {
  const { world, ctx, beside, ann, cy, close } = await scene();
  for (let round = 0; round < ROUNDS; round += 1) {
    const conversationId = await groupOf(world, [ann]);
    const own = { personId: ann.id, conversationId };
    const id = (await invitePerson(ctx, { ...own, inviteeId: cy.id }))!;
    const { code } = await createLink(ctx, { ...own, uses: 1, expiresAt: null, approval: false });
    await Promise.all([
      answerInvitation(ctx, { personId: cy.id, invitation: { id }, answer: "accepted" }),
      joinByLink(beside, { personId: cy.id, code }),
    ]);
    const { conversation, members } = await readConversation(ctx, own);
    expect(members).toHaveLength(2);
    expect([conversation.position, (await readOwn(ctx, cy.id)).invitations]).toEqual([2, []]);
  }
  await close();
});

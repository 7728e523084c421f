import { expect, test } from "vitest";
import { groupOf } from "../../../test/helpers/groups.ts";
import { move } from "../../../test/helpers/moving.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { answerRequest } from "../conversations.ts";
import { answerInvitation } from "../groups/answer-invitation.ts";
import { invitePerson } from "../groups/invite.ts";
import { answerJoinRequest, joinByLink } from "../groups/join.ts";
import { joinElsewhere } from "../groups/join-elsewhere.ts";
import { createLink } from "../groups/links.ts";
import { changeGroup } from "../groups/verbs.ts";
import { takeBackMove } from "./move-away.ts";

/** Somebody who is asked and asks, and then goes on elsewhere. What they may not say is in voice.test.ts. */
async function leave() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, cy, keeper] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.local("cy"),
    await world.remote("far"),
  ];
  const personId = ann.id;
  const [group, open] = [await groupOf(world, [ann, bea]), await groupOf(world, [bea])];
  const asked = await world.between(cy, ann);
  await world.say(cy, asked, "may I?");
  const link = { uses: null, expiresAt: null };
  const own = await createLink(ctx, { ...link, personId, conversationId: group, approval: true });
  const theirs = await createLink(ctx, {
    ...link,
    personId: bea.id,
    conversationId: open,
    approval: false,
  });
  await joinByLink(ctx, { personId: cy.id, code: own.code });
  const id = (await invitePerson(ctx, { personId: bea.id, conversationId: open, inviteeId: ann.id }))!;
  await move(world, { from: ann, to: await world.remote("next") });
  const offer = {
    ...{ code: "x", roomUri: "https://b.example/r", keeper },
    ...{ title: "R", members: 1, approval: false },
  };
  const verbs: Record<string, () => Promise<unknown>> = {
    "take up a request": () => answerRequest(ctx, { personId, conversationId: asked, answer: "accepted" }),
    "archive a group": () =>
      changeGroup(ctx, { personId, conversationId: group, change: { state: "archived" } }),
    "let in who asks": () =>
      answerJoinRequest(ctx, { personId, conversationId: group, askerId: cy.id, answer: "approved" }),
    "come in by a link": () => joinByLink(ctx, { personId, code: theirs.code }),
    "come in by a link elsewhere": () => joinElsewhere(ctx, { personId, offer }),
    "take up an invitation": () =>
      answerInvitation(ctx, { personId, invitation: { id }, answer: "accepted" }),
  };
  const refusals = {
    "reject an invitation": () => answerInvitation(ctx, { personId, invitation: { id }, answer: "rejected" }),
    "decline a request": () => answerRequest(ctx, { personId, conversationId: asked, answer: "declined" }),
  };
  return { world, ann, verbs, refusals };
}

test("nobody takes up anything with an account that was left, or lets anybody in", async () => {
  const { world, verbs } = await leave();
  const before = await stateHash(world.url);
  for (const [name, verb] of Object.entries(verbs)) await expect(verb(), name).rejects.toThrow("you_moved");
  expect(await stateHash(world.url)).toBe(before);
});

test("whoever left an account still says no, and does all of it again after coming back", async () => {
  const { world, ann, verbs, refusals } = await leave();
  for (const [name, verb] of Object.entries(refusals)) await expect(verb(), name).resolves.not.toThrow();
  await takeBackMove(world.ctx, { personId: ann.id });
  await verbs["archive a group"]!();
});

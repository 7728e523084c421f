import { expect, test } from "vitest";
import { groupOf } from "../../../test/helpers/groups.ts";
import { move } from "../../../test/helpers/moving.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { answerRequest, startConversation } from "../conversations.ts";
import { answerInvitation } from "../groups/answer-invitation.ts";
import { createGroup } from "../groups/create.ts";
import { revokeInvitation } from "../groups/invited.ts";
import { invitePerson } from "../groups/invite.ts";
import { answerJoinRequest, joinByLink } from "../groups/join.ts";
import { joinElsewhere } from "../groups/join-elsewhere.ts";
import { createLink, revokeLink } from "../groups/links.ts";
import { setGroupPicture } from "../groups/picture.ts";
import { setTimer } from "../groups/timer.ts";
import {
  changeGroup,
  leaveGroup,
  removeMember,
  setMemberRole,
  transferGroup,
  unbanPerson,
} from "../groups/verbs.ts";
import { deleteMessage, editMessage, hideMessage } from "../messages/change.ts";
import { forwardMessage } from "../messages/forward.ts";
import { pinMessage, unpinMessage } from "../messages/pin.ts";
import { addReaction, removeReaction } from "../messages/react.ts";
import { takeBackMove } from "./move-away.ts";

/** Somebody who talks, keeps groups, is asked and asks, and then goes on elsewhere. */
async function leave() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, cy, far] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.local("cy"),
    await world.remote("far"),
  ];
  const personId = ann.id;
  const talk = await world.between(ann, bea);
  const [own, theirs] = [await world.say(ann, talk, "hello"), await world.say(bea, talk, "hi")];
  const [group, open] = [await groupOf(world, [ann, bea]), await groupOf(world, [bea])];
  const said = await world.say(bea, group, "in the group");
  const asked = await world.between(cy, ann);
  await world.say(cy, asked, "may I?");
  const link = { uses: null, expiresAt: null, approval: false };
  const links = {
    own: await createLink(ctx, { ...link, personId, conversationId: group, approval: true }),
    open: await createLink(ctx, { ...link, personId: bea.id, conversationId: open }),
  };
  await joinByLink(ctx, { personId: cy.id, code: links.own.code });
  const invitationId = (await invitePerson(ctx, { personId, conversationId: group, inviteeId: cy.id }))!;
  const id = (await invitePerson(ctx, { personId: bea.id, conversationId: open, inviteeId: ann.id }))!;
  await addReaction(ctx, { personId, messageId: theirs.id, emoji: "👍" });
  await move(world, { from: ann, to: await world.remote("next") });
  const of = { personId, conversationId: group };
  const to = { ...of, otherId: bea.id };
  const offer = {
    code: "x",
    roomUri: "https://b.example/r",
    keeper: far,
    title: "R",
    members: 1,
    approval: false,
  };
  const on = (messageId: typeof own.id) => ({ personId, messageId });
  const post = { conversationId: talk, authorId: personId, idempotency: { client: "c", key: "k" } };
  const verbs: Record<string, () => Promise<unknown>> = {
    say: () => world.say(ann, talk, "x"),
    "say in a group": () => world.say(ann, group, "x"),
    forward: () => forwardMessage(ctx, { ...post, messageId: theirs.id }),
    edit: () => editMessage(ctx, { ...on(own.id), text: "other words" }),
    react: () => addReaction(ctx, { ...on(theirs.id), emoji: "🎉" }),
    pin: () => pinMessage(ctx, on(theirs.id)),
    unpin: () => unpinMessage(ctx, on(theirs.id)),
    "delete what another said": () => deleteMessage(ctx, on(said.id)),
    "begin a conversation": () => startConversation(ctx, { personId, withId: far.id }),
    "take up a request": () => answerRequest(ctx, { personId, conversationId: asked, answer: "accepted" }),
    "let words disappear": () => setTimer(ctx, { personId, conversationId: talk, seconds: 86_400 }),
    "let them disappear in a group": () => setTimer(ctx, { ...of, seconds: 86_400 }),
    "make a group": () => createGroup(ctx, { personId, title: "Another" }),
    "give a title": () => changeGroup(ctx, { ...of, change: { title: "words" } }),
    "describe a group": () => changeGroup(ctx, { ...of, change: { description: "words" } }),
    "archive a group": () => changeGroup(ctx, { ...of, change: { state: "archived" } }),
    "give a picture": () => setGroupPicture(ctx, { ...of, image: new Uint8Array(8) }),
    "give a role": () => setMemberRole(ctx, { ...to, role: "admin" }),
    "remove a member": () => removeMember(ctx, { ...to, ban: false }),
    "ban a member": () => removeMember(ctx, { ...to, ban: true }),
    unban: () => unbanPerson(ctx, to),
    invite: () => invitePerson(ctx, { ...of, inviteeId: cy.id }),
    "make a link": () => createLink(ctx, { ...of, ...link }),
    "let in who asks": () => answerJoinRequest(ctx, { ...of, askerId: cy.id, answer: "approved" }),
    "come in by a link": () => joinByLink(ctx, { personId, code: links.open.code }),
    "come in by a link elsewhere": () => joinElsewhere(ctx, { personId, offer }),
    "take up an invitation": () =>
      answerInvitation(ctx, { personId, invitation: { id }, answer: "accepted" }),
  };
  const refusals = {
    "take a reaction back": () => removeReaction(ctx, { ...on(theirs.id), emoji: "👍" }),
    "hand a group over": () => transferGroup(ctx, to),
    "take an invitation back": () => revokeInvitation(ctx, { personId, invitationId }),
    "take a link back": () => revokeLink(ctx, { personId, linkId: links.own.id }),
    "delete their own words": () => deleteMessage(ctx, on(own.id)),
    "hide a message": () => hideMessage(ctx, on(theirs.id)),
    "reject an invitation": () => answerInvitation(ctx, { personId, invitation: { id }, answer: "rejected" }),
    "decline a request": () => answerRequest(ctx, { personId, conversationId: asked, answer: "declined" }),
  };
  return { world, ann, bea, verbs, refusals };
}

test("nothing is done from an account that was left, by any verb", async () => {
  const { world, verbs } = await leave();
  const before = await stateHash(world.url);
  for (const [name, verb] of Object.entries(verbs)) await expect(verb(), name).rejects.toThrow("you_moved");
  expect(await stateHash(world.url)).toBe(before);
});

test("whoever left an account still says no, takes back what was theirs, and goes", async () => {
  const { world, ann, bea, verbs, refusals } = await leave();
  for (const [name, verb] of Object.entries(refusals)) await expect(verb(), name).resolves.not.toThrow();
  const other = await groupOf(world, [bea, ann]);
  await leaveGroup(world.ctx, { personId: ann.id, conversationId: other });
  await takeBackMove(world.ctx, { personId: ann.id });
  await verbs["give a title"]!();
});

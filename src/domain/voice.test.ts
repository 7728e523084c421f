import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import { setMoved } from "#db/people.ts";
import { usualPermissions } from "#lib/permissions.ts";
import { decided, groupOf } from "../../test/helpers/groups.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { answerRequest, startConversation } from "./conversations.ts";
import { cancelDeliveries, retryDeliveries } from "./deliveries.ts";
import { createGroup } from "./groups/create.ts";
import { revokeInvitation } from "./groups/invited.ts";
import { invitePerson } from "./groups/invite.ts";
import { createLink, revokeLink } from "./groups/links.ts";
import { setGroupPicture } from "./groups/picture.ts";
import { setTimer } from "./groups/timer.ts";
import {
  changeGroup,
  leaveGroup,
  removeMember,
  setMemberRole,
  transferGroup,
  unbanPerson,
} from "./groups/verbs.ts";
import { deleteMessage, editMessage, hideMessage } from "./messages/change.ts";
import { forwardMessage } from "./messages/forward.ts";
import { saveMessage } from "./messages/keep.ts";
import { pinMessage, unpinMessage } from "./messages/pin.ts";
import { postMessage } from "./messages/post.ts";
import { addReaction, removeReaction } from "./messages/react.ts";
import { markRead } from "./membership.ts";
import { changePreferences } from "./preferences.ts";
import { giveRole } from "./people-rules.ts";
import { setPermissions } from "./roles.ts";

const image = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);

/** Ann, who talks with bo and owns a group in which cy is too. */
async function scene() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy, dan] = [
    await world.local("ann"),
    await world.local("bo"),
    await world.local("cy"),
    await world.local("dan"),
  ];
  await insertAccount(ctx.db, { personId: ann.id, role: "member", createdAt: ctx.now() });
  const talk = await world.between(ann, bo);
  const own = await world.say(ann, talk, "hello");
  await answerRequest(ctx, { personId: bo.id, conversationId: talk, answer: "accepted" });
  const group = await groupOf(world, [ann, bo, cy]);
  const theirs = await world.say(bo, group, "hi");
  await addReaction(ctx, { personId: ann.id, messageId: own.id, emoji: "❤️" });
  const link = await createLink(ctx, {
    ...{ personId: ann.id, conversationId: group },
    ...{ uses: null, expiresAt: null, approval: false },
  });
  const eve = await world.local("eve");
  const invitation = await invitePerson(ctx, {
    ...{ personId: ann.id, conversationId: group },
    inviteeId: eve.id,
  });
  return { ...world, ann, bo, cy, dan, talk, group, own, theirs, link, invitation: invitation! };
}
type Scene = Awaited<ReturnType<typeof scene>>;
type Verbs = Readonly<Record<string, (scene: Scene) => Promise<unknown>>>;

const me = ({ ann }: Scene) => ({ personId: ann.id });
const inGroup = (at: Scene) => ({ ...me(at), conversationId: at.group });
const ofOwn = (at: Scene) => ({ ...me(at), messageId: at.own.id });
const ofTheirs = (at: Scene) => ({ ...me(at), messageId: at.theirs.id });

/** What others see; each goes once its doer may say something. */
const said: Verbs = {
  post: (at) => postMessage(at.ctx, { authorId: at.ann.id, conversationId: at.talk, text: "more" }),
  forward: (at) =>
    forwardMessage(at.ctx, { authorId: at.ann.id, conversationId: at.talk, messageId: at.theirs.id }),
  edit: (at) => editMessage(at.ctx, { ...ofOwn(at), text: "other words" }),
  "deliver again": (at) => retryDeliveries(at.ctx, ofOwn(at)),
  react: (at) => addReaction(at.ctx, { ...ofOwn(at), emoji: "👍" }),
  pin: (at) => pinMessage(at.ctx, ofOwn(at)),
  unpin: (at) => unpinMessage(at.ctx, ofOwn(at)),
  "set a timer": (at) => setTimer(at.ctx, { ...me(at), conversationId: at.talk, seconds: 60 }),
  "set a group's timer": (at) => setTimer(at.ctx, { ...inGroup(at), seconds: 60 }),
  "change a title": (at) => changeGroup(at.ctx, { ...inGroup(at), change: { title: "Buy" } }),
  "change a description": (at) => changeGroup(at.ctx, { ...inGroup(at), change: { description: "Buy" } }),
  "change permissions": (at) =>
    changeGroup(at.ctx, { ...inGroup(at), change: { permissions: usualPermissions } }),
  "set a picture": (at) => setGroupPicture(at.ctx, { ...inGroup(at), image }),
  "give a role": (at) => setMemberRole(at.ctx, { ...inGroup(at), otherId: at.bo.id, role: "admin" }),
  invite: (at) => invitePerson(at.ctx, { ...inGroup(at), inviteeId: at.dan.id }),
  "make a link": (at) => createLink(at.ctx, { ...inGroup(at), uses: null, expiresAt: null, approval: false }),
  "delete another's message": (at) => deleteMessage(at.ctx, ofTheirs(at)),
  "take out and ban": (at) => removeMember(at.ctx, { ...inGroup(at), otherId: at.cy.id, ban: true }),
  "lift a ban": (at) => unbanPerson(at.ctx, { ...inGroup(at), otherId: at.cy.id }),
  "begin a conversation": (at) => startConversation(at.ctx, { ...me(at), withId: at.cy.id }),
  "make a group": (at) => createGroup(at.ctx, { ...me(at), title: "Buy" }),
  "have a status": (at) =>
    changePreferences(at.ctx, { ...me(at), change: { status: { text: "Buy", until: null } } }),
};

/** What takes back, or is nobody else's business; in an order in which each goes. */
const free: Verbs = {
  read: (at) => markRead(at.ctx, { ...me(at), conversationId: at.talk, position: 1 }),
  save: (at) => saveMessage(at.ctx, ofOwn(at)),
  "take a reaction back": (at) => removeReaction(at.ctx, { ...ofOwn(at), emoji: "❤️" }),
  "deliver no more": (at) => cancelDeliveries(at.ctx, ofOwn(at)),
  "delete one's own message": (at) => deleteMessage(at.ctx, ofOwn(at)),
  "hide a message": (at) => hideMessage(at.ctx, ofTheirs(at)),
  "find a conversation": (at) => startConversation(at.ctx, { ...me(at), withId: at.bo.id }),
  "take a status away": (at) =>
    changePreferences(at.ctx, { ...me(at), change: { status: null, invisible: true } }),
  "take a link back": (at) => revokeLink(at.ctx, { ...me(at), linkId: at.link.id }),
  "take an invitation back": (at) => revokeInvitation(at.ctx, { ...me(at), invitationId: at.invitation }),
  "hand a group over": (at) => transferGroup(at.ctx, { ...inGroup(at), otherId: at.bo.id }),
  "leave a group": (at) => leaveGroup(at.ctx, inGroup(at)),
};

/** Those who only read: how they come to it, what they are told, and how they may speak again. */
const silent = {
  "whose role may not write": {
    code: "not_permitted",
    begin: async ({ ctx, ann }: Scene) => {
      await setPermissions(ctx, { by: null, role: "limited", permissions: ["begin", "groups", "invite"] });
      await giveRole(ctx, { by: null, personId: ann.id, role: "limited" });
    },
    end: ({ ctx, ann }: Scene) => giveRole(ctx, { by: null, personId: ann.id, role: "member" }),
  },
  "who has moved away": {
    code: "you_moved",
    begin: ({ ctx, ann, dan }: Scene) => setMoved(ctx.db, ann.id, { movedTo: dan.id, movedAt: ctx.now() }),
    end: ({ ctx, ann }: Scene) => setMoved(ctx.db, ann.id, { movedTo: null }),
  },
} as const;

/** What came of each, by name. */
async function outcomes(at: Scene, verbs: Verbs) {
  const all: Record<string, string> = {};
  for (const [name, verb] of Object.entries(verbs))
    all[name] = await verb(at).then(
      () => "done",
      (error: Error) => error.message,
    );
  return all;
}
const allOf = (verbs: Verbs, outcome: string) =>
  Object.fromEntries(Object.keys(verbs).map((name) => [name, outcome]));

test.each(Object.keys(silent) as (keyof typeof silent)[])(
  "somebody %s says and does nothing that others see, and may do all of it again afterwards",
  async (who) => {
    const at = await scene();
    const { code, begin, end } = silent[who];
    await begin(at);
    const before = at.events.length;
    expect(await outcomes(at, said)).toEqual(allOf(said, code));
    expect(at.events.slice(before)).toEqual([]);
    await end(at);
    expect(await outcomes(at, said)).toEqual(allOf(said, "done"));
  },
);

test.each(Object.keys(silent) as (keyof typeof silent)[])(
  "somebody %s still reads, takes back what they did, and leaves",
  async (who) => {
    const at = await scene();
    await silent[who].begin(at);
    expect(await outcomes(at, free)).toEqual(allOf(free, "done"));
  },
);

test("what our roles allow does not bind people of other servers", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, far] = [await world.local("ann"), await world.remote("far")];
  const group = await groupOf(world, [ann, far]);
  await decided(world, group, [{ type: "role", personId: far.id, role: "admin", by: ann.id }]);
  const { id: messageId } = await world.say(ann, group, "hello");
  await setPermissions(ctx, { by: null, role: "member", permissions: [] });
  await pinMessage(ctx, { personId: far.id, messageId });
  await changeGroup(ctx, { personId: far.id, conversationId: group, change: { title: "Ours" } });
});

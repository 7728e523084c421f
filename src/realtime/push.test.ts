import { expect, test } from "vitest";
import { changeGroup, forgetGroup, leaveGroup, setMemberRole } from "#domain/groups/verbs.ts";
import { groupOf } from "../../test/helpers/groups.ts";
import { listenIn } from "../../test/helpers/law-session.ts";
import { createWorld } from "../../test/helpers/world.ts";
import {
  pushConversation,
  pushFacts,
  pushForgotten,
  pushGroupMember,
  pushHidden,
  pushMembership,
} from "./push.ts";

test("of a group that somebody took out of their list meanwhile, they are shown no more than that", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const id = await groupOf(world, [ann, bo]);
  const of = { personId: bo.id, conversationId: id };
  const { id: messageId } = await world.say(ann, id, "hello");
  await leaveGroup(world.ctx, of);
  await forgetGroup(world.ctx, of);
  const { hub, frames } = listenIn(bo);
  const pushing = { ctx: world.ctx, hub };
  for (const event of world.events) {
    if (event.name === "conversation.created") await pushConversation(pushing, event);
    if (event.name === "membership.changed") await pushMembership(pushing, event);
  }
  await pushHidden(pushing, { ...of, name: "message.hidden", messageId, number: 1 });
  expect(frames).toEqual([]);
  pushForgotten(pushing, { ...of, name: "conversation.forgotten", number: 1 });
  expect(frames).toMatchObject([{ type: "conversation.forgotten", conversationId: id }]);
});

test("a change that is shown late shows nothing to whoever went before that came after they did", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const id = await groupOf(world, [ann, bo, cy]);
  const of = { personId: ann.id, conversationId: id };
  await changeGroup(world.ctx, { ...of, change: { title: "Choir" } });
  await setMemberRole(world.ctx, { ...of, otherId: cy.id, role: "admin" });
  const late = [...world.events];
  await leaveGroup(world.ctx, { personId: bo.id, conversationId: id });
  await changeGroup(world.ctx, { ...of, change: { title: "Secret", description: "of us" } });
  const [gone, there] = [listenIn(bo), listenIn(cy)];
  for (const { hub } of [gone, there]) {
    for (const event of late) {
      if (event.name === "conversation.changed") await pushFacts({ ctx: world.ctx, hub }, event);
      if (event.name === "member.promoted") await pushGroupMember({ ctx: world.ctx, hub }, event);
    }
  }
  const unknown = { title: "Choir", description: "", permissions: null, epoch: 0 };
  expect(gone.frames).toMatchObject([
    { type: "conversation.changed", facts: unknown },
    { type: "member.promoted", role: "member", epoch: 0 },
  ]);
  expect(there.frames).toMatchObject([
    { type: "conversation.changed", facts: { title: "Secret", description: "of us" } },
    { type: "member.promoted", role: "admin" },
  ]);
});

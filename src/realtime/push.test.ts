import { expect, test } from "vitest";
import { forgetGroup, leaveGroup } from "#domain/groups/verbs.ts";
import { groupOf } from "../../test/helpers/groups.ts";
import { listenIn } from "../../test/helpers/law-session.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { pushConversation, pushForgotten, pushHidden, pushMembership } from "./push.ts";

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

import { expect, test } from "vitest";
import { createWorld, type World } from "../../test/helpers/world.ts";
import type { EventOf } from "./events.ts";
import { loadChangedMessage } from "./facts.ts";
import { editMessage, hideMessage } from "./messages/change.ts";
import { postMessages } from "./messages/post.ts";

type Posted = EventOf<"message.posted">;

function postedEvents({ events }: World): Posted[] {
  return events.filter((event): event is Posted => event.name === "message.posted");
}

test("a message is shown alike by the process in which it was posted and by those that hear of it", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const remote = {
    uri: "https://b.example/n/1",
    form: "Note" as const,
    html: "<p>hello</p>",
    sentAt: new Date(Date.UTC(2025, 11, 31, 23, 59, 59, 7)),
    audience: [ann.id],
    aliases: [],
  };
  await postMessages(world.ctx, [
    { authorId: ann.id, conversationId, text: "hello \u{1f98a}", idempotency: { client: "web", key: "1" } },
    { authorId: bo.id, conversationId, text: "hello", remote },
  ]);
  const events = postedEvents(world);
  expect(events).toHaveLength(2);
  for (const event of events) {
    const here = await loadChangedMessage(world.ctx, event);
    const elsewhere = await loadChangedMessage(world.ctx, structuredClone(event));
    expect(here?.message.revision).toBe(event.revision);
    expect(here).toEqual(elsewhere);
  }
});

test("a process that hears of a message shows it as it is by then, and not to those who have hidden it", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await editMessage(world.ctx, { personId: ann.id, messageId, text: "good day" });
  await hideMessage(world.ctx, { personId: bo.id, messageId });
  const seen = await loadChangedMessage(world.ctx, structuredClone(postedEvents(world)[0]!));
  expect(seen?.message.text).toBe("good day");
  expect(seen?.blind).toEqual(new Set([bo.id]));
});

import { expect, test } from "vitest";
import { arrival } from "../../../test/helpers/arrival.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { receiveMessage } from "../receive.ts";
import { saveSoftware } from "../servers.ts";
import { postMessage } from "./post.ts";

/** Ann, who has a conversation with bo of another server. */
async function openScene() {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const hear = (form: "Note" | "ChatMessage") => receiveMessage(world.ctx, arrival(bo, [ann], { form }));
  const answer = async (text = "answer") =>
    (await postMessage(world.ctx, { authorId: ann.id, conversationId, text })).message.form;
  return { ...world, ann, bo, hear, answer };
}

test("a chat is answered in kind, as long as the other chats", async () => {
  const { hear, answer } = await openScene();
  expect(await answer()).toBe("Note");
  await hear("ChatMessage");
  expect([await answer(), await answer()]).toEqual(["ChatMessage", "ChatMessage"]);
  await hear("Note");
  expect(await answer()).toBe("Note");
});

test("Lemmy is written to in the form that its version takes", async () => {
  const { ctx, answer } = await openScene();
  for (const [version, form] of [
    ["0.19.12", "ChatMessage"],
    [null, "ChatMessage"],
    ["0.20.0-alpha.1", "Note"],
    ["1.0.0", "Note"],
  ] as const) {
    await saveSoftware(ctx, "b.example", { name: "lemmy", version });
    expect([version, await answer()]).toEqual([version, form]);
  }
});

import { expect, test } from "vitest";
import { lockConversations } from "#db/conversations.ts";
import { Refusal } from "#lib/refusal.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { findOrBegin, startConversation } from "./conversations.ts";
import { retryDeliveries } from "./deliveries.ts";
import { leaseLanes, nextDelivery } from "./lanes.ts";
import { deleteMessage, editMessage } from "./messages/change.ts";
import { postMessage } from "./messages/post.ts";
import { readMessage } from "./read.ts";
import { isToBeAsked, listRfc9421Servers, readReach, saveSignatures, saveSoftware } from "./servers.ts";
import { settleDelivery } from "./settle.ts";
import { transact } from "./transact.ts";

const DAY = 24 * 3600 * 1000;

test("nobody begins a conversation with somebody whose server has no private messages", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  await saveSoftware(world.ctx, "b.example", { name: "peertube", version: "8.0.0" });
  await expect(startConversation(world.ctx, { personId: ann.id, withId: bo.id })).rejects.toThrow(
    new Refusal("cannot_receive", { field: "address" }),
  );
});

test("a message that the other's server cannot take is refused, and takes no number", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const post = (text: string) => postMessage(world.ctx, { authorId: ann.id, conversationId, text });
  await saveSoftware(world.ctx, "b.example", { name: "discourse", version: "2026.11" });
  await expect(post("hello")).rejects.toThrow(new Refusal("cannot_receive", { field: "text" }));
  await saveSoftware(world.ctx, "b.example", { name: "lemmy", version: "0.19.9" });
  // A grapheme can be many characters: 5,000 flags are 10,000, and an invisible joiner more is too much.
  await expect(post(`${"🇫🇷".repeat(4_999)}👨‍👩‍👧`)).rejects.toThrow(
    new Refusal("cannot_receive", { field: "text" }),
  );
  const { message } = await post("🇫🇷".repeat(5_000));
  expect(message.position).toBe(1);
});

test("in a larger conversation the others get it, and who cannot is neither sent to nor told of changes", async () => {
  const world = await createWorld();
  const [ann, bo, pia] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("pia", "p.example"),
  ];
  const { conversation } = await transact(world.ctx, async (tx) => {
    const found = await findOrBegin(world.ctx, tx, { author: ann, others: [bo, pia] });
    await lockConversations(tx, [found.conversation.id]);
    return found;
  });
  await saveSoftware(world.ctx, "p.example", { name: "pixelfed", version: "0.12.5" });
  const own = { personId: ann.id, messageId: (await world.say(ann, conversation.id, "one")).id };
  const states = async () => {
    const { deliveries } = await readMessage(world.ctx, own);
    return Object.fromEntries(deliveries.map(({ host, state, reason }) => [host, [state, reason]]));
  };
  const spared = { "p.example": ["refused", "cannot_receive"] };
  expect(await states()).toEqual({ "b.example": ["waiting", null], ...spared });
  await editMessage(world.ctx, { ...own, text: "two" });
  await retryDeliveries(world.ctx, own);
  expect(await states()).toEqual({ "b.example": ["waiting", null], ...spared });
  await deleteMessage(world.ctx, own);
  expect(await states()).toEqual({ "b.example": ["waiting", null], ...spared });
  const sent: string[] = [];
  for (const lane of await leaseLanes(world.ctx, { limit: 10, leaseMs: 10_000 })) {
    for (;;) {
      const delivery = await nextDelivery(world.ctx, lane);
      if (delivery === null) break;
      sent.push(delivery.recipient.handle);
      await settleDelivery(world.ctx, { lane, deliveryId: delivery.id, outcome: { state: "accepted" } });
    }
  }
  expect(sent).toEqual(["bo"]);
});

test("a member sees what the servers run and since when they do not answer; a stranger finds nothing", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, eve] = [await world.local("ann"), await world.remote("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  const reach = () => readReach(ctx, { personId: ann.id, conversationId });
  const unknown = { host: "b.example", name: null, version: null, verdict: "unknown", reason: "not_asked" };
  expect(await reach()).toMatchObject([{ ...unknown, failingSince: null }]);
  await saveSoftware(ctx, "b.example", { name: "friendica", version: "2025.07" });
  await world.say(ann, conversationId, "one");
  const written = ctx.now();
  const attempt = async (outcome: Parameters<typeof settleDelivery>[1]["outcome"]) => {
    world.pass(DAY / 24);
    const [lane] = await leaseLanes(ctx, { limit: 1, leaseMs: 10_000 });
    const delivery = await nextDelivery(ctx, lane!);
    await settleDelivery(ctx, { lane: lane!, deliveryId: delivery!.id, outcome });
  };
  await attempt({ state: "retry", reason: "http_500" });
  expect(await reach()).toMatchObject([
    { name: "friendica", verdict: "ok", reason: "followers_only", failingSince: written },
  ]);
  await attempt({ state: "retry", reason: "timeout", silent: true });
  expect(await reach()).toMatchObject([{ failingSince: written }]);
  await attempt({ state: "accepted" });
  expect(await reach()).toMatchObject([{ failingSince: null }]);
  await expect(readReach(ctx, { personId: eve.id, conversationId })).rejects.toThrow("not_found");
});

test("a server is asked what it runs once a week", async () => {
  const world = await createWorld();
  expect(await isToBeAsked(world.ctx, "b.example")).toBe(true);
  await saveSoftware(world.ctx, "b.example", null);
  expect(await isToBeAsked(world.ctx, "b.example")).toBe(false);
  world.pass(7 * DAY);
  expect(await isToBeAsked(world.ctx, "b.example")).toBe(true);
});

test("which signatures a server takes is kept beside what it runs", async () => {
  const world = await createWorld();
  const { ctx } = world;
  await saveSoftware(ctx, "b.example", { name: "hollo", version: "0.6.14" });
  await saveSignatures(ctx, "b.example", "rfc9421");
  await saveSignatures(ctx, "c.example", "rfc9421");
  expect((await listRfc9421Servers(ctx, 10)).toSorted()).toEqual(["b.example", "c.example"]);
  await saveSignatures(ctx, "c.example", "cavage");
  await saveSoftware(ctx, "b.example", { name: "hollo", version: "0.7.0" });
  expect(await listRfc9421Servers(ctx, 10)).toEqual(["b.example"]);
});

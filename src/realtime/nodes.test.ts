import { expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import { startApp } from "../../test/helpers/app.ts";
import { poll } from "../../test/helpers/poll.ts";

const base = "/api/chat/v1";

test("a change made at one node reaches the sockets of another, and a token revoked at one closes them", async () => {
  const one = await startApp({ role: "web" });
  const two = await startApp({ beside: one, role: "worker" });
  const [ann, bo] = [await one.person("ann"), await one.person("bo")];
  const socket = await two.socket(bo.token);
  const begun = await one.request(`${base}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const { id } = (begun.json as ConversationView).conversation;
  const text = "from the other node";
  await one.request(`${base}/conversations/${id}/messages`, { token: ann.token, json: { key: "k", text } });
  const frame = await socket.next(({ type }) => type === "message.posted");
  expect(frame).toMatchObject({ conversationId: id, message: { body: { text } } });
  await one.request("/auth/sign-out", { method: "POST", token: bo.token, headers: { origin: one.origin } });
  expect(await socket.closed()).toBe(4401);
});

test("a token revoked at one node is refused by another that knew it, also where no socket is open", async () => {
  const one = await startApp({ role: "web" });
  const two = await startApp({ beside: one, role: "web" });
  const bo = await one.person("bo");
  const ask = async () => (await two.request(`${base}/conversations`, { token: bo.token })).status;
  expect(await ask()).toBe(200);
  await one.request("/auth/sign-out", { method: "POST", token: bo.token, headers: { origin: one.origin } });
  await poll("a refusal", async () => (await ask()) === 401);
});

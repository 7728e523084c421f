import { expect, test } from "vitest";
import type { ConversationPage, ConversationView } from "#protocol/api.ts";
import { startApp } from "../../../test/helpers/app.ts";

const path = "/api/chat/v1/conversations";

test("several conversations are read at once by their ids: those of others and unknown ones are left out alike", async () => {
  const app = await startApp();
  const [ann, bo, cy] = [await app.person("ann"), await app.person("bo"), await app.person("cy")];
  const begin = async (token: string, address: string) =>
    ((await app.request(path, { token, json: { address } })).json as ConversationView).conversation.id;
  const ids = [await begin(ann.token, "@bo"), await begin(ann.token, "@cy")];
  const foreign = await begin(bo.token, "@cy");
  const asked = [...ids, foreign, crypto.randomUUID()].join();
  const { status, json } = await app.request(`${path}?ids=${asked}`, { token: ann.token });
  const { conversations, next } = json as ConversationPage;
  expect([status, next]).toEqual([200, null]);
  expect(conversations.map(({ conversation }) => conversation.id).toSorted()).toEqual(ids.toSorted());
  const alone = (await app.request(`${path}/${ids[0]}`, { token: ann.token })).json;
  expect(conversations.find(({ conversation }) => conversation.id === ids[0])).toEqual(alone);
  const none = await app.request(`${path}?ids=${ids[0]}`, { token: cy.token });
  expect((none.json as ConversationPage).conversations).toEqual([]);
});

test("what is no list of ids, or is too long a one, is refused", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const many = Array.from({ length: 101 }, () => crypto.randomUUID()).join();
  for (const ids of ["", "x", "1,2", many])
    expect((await app.request(`${path}?ids=${ids}`, { token })).status).toBe(422);
});

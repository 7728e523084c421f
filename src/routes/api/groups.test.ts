import { expect, test } from "vitest";
import type { ConversationPage, ConversationView, Own } from "#protocol/api.ts";
import { startApp } from "../../../test/helpers/app.ts";

const base = "/api/chat/v1";

test("a group is begun with those whom it is for, or not at all", async () => {
  const app = await startApp();
  const [{ token }, bo] = [await app.person("ann"), await app.person("bo")];
  await app.person("cy");
  const begin = (json: object) => app.request(`${base}/conversations`, { token, json });
  const refused = [
    [["@nobody"], "address_unknown"],
    [["@bo", "@ann"], "already_member"],
    [Array.from({ length: 101 }, () => "@bo"), "invalid"],
  ] as const;
  for (const [addresses, error] of refused) {
    const answer = await begin({ title: "Band", addresses });
    expect([answer.status, answer.json]).toMatchObject([
      error === "already_member" ? 409 : 422,
      { error, field: "addresses" },
    ]);
  }
  expect(await begin({ address: "@bo", addresses: ["@cy"] })).toMatchObject({ status: 422 });
  const list = await app.request(`${base}/conversations`, { token });
  expect((list.json as ConversationPage).conversations).toEqual([]);
  const begun = await begin({ title: "Band", addresses: ["@bo", "@cy", "@bo"] });
  expect(begun.status).toBe(201);
  const { conversation } = begun.json as ConversationView;
  expect(conversation.members).toHaveLength(1);
  const own = await app.request(`${base}/me/own`, { token: bo.token });
  expect((own.json as Own).invitations).toMatchObject([{ conversationId: conversation.id, title: "Band" }]);
});

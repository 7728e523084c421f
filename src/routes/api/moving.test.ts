import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { createToken } from "#domain/tokens.ts";
import type { Moving } from "#protocol/moving.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { confirmed } from "../../../test/helpers/confirmed.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";

const base = "/api/chat/v1";

async function member(app: TestApp, handle: string) {
  const { id } = await createAccount(app.ctx, { handle, password: "firefly-night", role: "member" });
  return { id, handle, token: (await createToken(app.ctx, { handle, name: "test" })).token };
}

test("an account says which others are its own, and goes on as one of them, once it is shown anew who asks", async () => {
  const app = await startApp();
  const [ann, next] = [await member(app, "ann"), await member(app, "next")];
  const { token } = ann;
  const move = async (headers: Record<string, string>) =>
    await app.request(`${base}/me/move`, { token, json: { address: "@next" }, headers });
  const shown = async () => ({ Confirmation: await confirmed(app, ann) });
  expect(await move(await shown())).toMatchObject({ status: 409, json: { error: "move_not_agreed" } });
  const alias = { token: next.token, json: { address: "@ann" } };
  expect((await app.request(`${base}/me/aliases`, alias)).status).toBe(403);
  const headers = { Confirmation: await confirmed(app, next) };
  const added = await app.request(`${base}/me/aliases`, { ...alias, headers });
  expect((added.json as Moving).aliases.map(({ id }) => id)).toEqual([ann.id]);
  const foreign = { Confirmation: await confirmed(app, next) };
  const before = await stateHash(app.databaseUrl);
  expect((await move({})).status).toBe(403);
  expect((await move(foreign)).status).toBe(403);
  expect(await stateHash(app.databaseUrl)).toBe(before);
  const moved = await move(await shown());
  expect(moved).toMatchObject({ status: 200, json: { movedTo: { id: next.id } } });
  const document = await app.request(`/users/${ann.id}`, {
    headers: { accept: "application/activity+json" },
  });
  expect(document.json).toMatchObject({ movedTo: `${app.origin}/users/${next.id}` });
  const successor = await app.request(`/users/${next.id}`, {
    headers: { accept: "application/activity+json" },
  });
  expect(successor.json).toMatchObject({ alsoKnownAs: [`${app.origin}/users/${ann.id}`] });
  // What somebody leaves is for the server of the other account alone.
  expect((await app.request(`/users/${ann.id}/left`)).status).toBe(404);
  const back = await app.request(`${base}/me/move`, { method: "DELETE", token, headers: await shown() });
  expect(back).toMatchObject({ status: 200, json: { movedTo: null } });
  expect((back.json as Moving).movableAt).not.toBeNull();
  const path = `${base}/me/aliases/${ann.id}`;
  const removed = await app.request(path, { method: "DELETE", token: next.token });
  expect(removed.json).toMatchObject({ aliases: [] });
  expect((await app.request(path, { method: "DELETE", token: next.token })).status).toBe(404);
});

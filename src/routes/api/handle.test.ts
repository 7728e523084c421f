import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { createToken } from "#domain/tokens.ts";
import type { HandleState } from "#protocol/handle.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { confirmed } from "../../../test/helpers/confirmed.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { scopeOf } from "../scopes.ts";

const base = "/api/chat/v1";
const password = "firefly-night";

async function member(app: TestApp, handle: string) {
  const { id } = await createAccount(app.ctx, { handle, password, role: "member" });
  return { id, handle, token: (await createToken(app.ctx, { handle, name: "test" })).token };
}

type Member = Awaited<ReturnType<typeof member>>;

async function rename(app: TestApp, who: Member, handle: unknown) {
  return await put(app, who, { handle, headers: { Confirmation: await confirmed(app, who) } });
}

async function put(app: TestApp, { token }: Member, sent: { handle: unknown; headers: HeaderList }) {
  const { handle, headers } = sent;
  return await app.request(`${base}/me/handle`, { method: "PUT", token, json: { handle }, headers });
}

type HeaderList = Record<string, string>;

test("whoever shows once more who they are takes another handle; the former page and address lead to them", async () => {
  const app = await startApp();
  const [ann, bo] = [await member(app, "ann"), await member(app, "bo")];
  const answer = await rename(app, ann, "@Anna");
  expect(answer.status).toBe(200);
  const state = answer.json as HandleState;
  expect(state).toMatchObject({ handle: "anna", held: [{ handle: "ann" }], graceDays: 365 });
  const days = (text: string | null) => Math.round((Date.parse(text ?? "") - Date.now()) / 86_400_000);
  expect([days(state.held[0]!.until), days(state.changeableAt)]).toEqual([365, 30]);
  const { json: read } = await app.request(`${base}/me/handle`, { token: ann.token });
  expect(read).toEqual(state);
  const old = await app.request("/@Ann");
  expect([old.status, old.headers.get("location")]).toEqual([302, "/@anna"]);
  expect((await app.request("/@anna")).status).toBe(200);
  const { host } = new URL(app.origin);
  for (const address of ["@ann", `@ann@${host}`, "@anna"]) {
    const { json } = await app.request(`${base}/conversations`, { token: bo.token, json: { address } });
    expect(JSON.stringify(json)).toContain(ann.id);
  }
  const { json: found } = await app.request(`${base}/conversations?state=accepted&q=ann`, {
    token: bo.token,
  });
  expect(JSON.stringify(found)).toContain(`"formerly":"@ann@${host}"`);
  const { json: me } = await app.request(`${base}/me`, { token: ann.token });
  expect(me).toMatchObject({ person: { handle: "anna", formerly: `@ann@${host}` } });
});

test("without that, with another's, used or none, nothing changes", async () => {
  const app = await startApp();
  const [ann, eve] = [await member(app, "ann"), await member(app, "eve")];
  const ticket = await confirmed(app, ann);
  const before = await stateHash(app.databaseUrl);
  for (const headers of [{}, { Confirmation: "none" }, { Confirmation: ticket }] as HeaderList[])
    expect((await put(app, eve, { handle: "eva", headers })).json).toMatchObject({ error: "confirm_first" });
  expect((await app.request(`${base}/me/handle`, { method: "PUT", json: { handle: "eva" } })).status).toBe(
    401,
  );
  expect(await stateHash(app.databaseUrl)).toBe(before);
});

test("a handle that cannot be had is refused at its field, and so is a change too soon after another", async () => {
  const app = await startApp();
  const [ann, bo] = [await member(app, "ann"), await member(app, "bo")];
  await rename(app, bo, "bobby");
  for (const [handle, status, error] of [
    ["bo", 422, "handle_taken"],
    ["bobby", 422, "handle_taken"],
    ["adm1n", 422, "handle_reserved"],
    ["аnn", 422, "handle_invalid"],
    ["", 422, "invalid"],
    [7, 422, "invalid"],
  ] as const)
    expect(await rename(app, ann, handle)).toMatchObject({ status, json: { error, field: "handle" } });
  const again = await rename(app, bo, "robert");
  expect(again).toMatchObject({ status: 409, json: { error: "renamed_lately", field: "handle" } });
  expect((await rename(app, bo, "bo")).status).toBe(200);
});

test("no scope of an app opens it", () => {
  for (const method of ["GET", "PUT"]) expect(scopeOf(method, `${base}/me/handle`)).toBe("account");
});

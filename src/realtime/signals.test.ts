import { expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import type { Presence } from "#protocol/types.ts";
import { startApp, type TestApp, type TestSocket } from "../../test/helpers/app.ts";
import { poll } from "../../test/helpers/poll.ts";

const base = "/api/chat/v1";

/** Ann and bo, who have accepted each other. */
async function createScene() {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const id = await meet(app, ann, { ...bo, handle: "bo" });
  return { app, ann, bo, id };
}

async function meet(app: TestApp, one: { token: string }, other: { token: string; handle: string }) {
  const { token } = one;
  const begun = await app.request(`${base}/conversations`, { token, json: { address: `@${other.handle}` } });
  const { id } = (begun.json as ConversationView).conversation;
  await app.request(`${base}/conversations/${id}/messages`, { token, json: { key: "k", text: "hi" } });
  await app.request(`${base}/conversations/${id}/accept`, { token: other.token, json: {} });
  return id;
}

function choose(app: TestApp, { token }: { token: string }, json: object) {
  return app.request(`${base}/me/preferences`, { method: "PATCH", token, json });
}

/** What a socket was told last of somebody. */
function lastOf(socket: TestSocket, personId: string): Presence | undefined {
  return socket.frames
    .flatMap((frame) => (frame.type === "presence" ? frame.people : []))
    .findLast((presence) => presence.personId === personId);
}

function sees(socket: TestSocket, { id }: { id: string }, state: Presence["state"]): Promise<Presence> {
  const look = (): Presence | undefined => {
    const last = lastOf(socket, id);
    return last?.state === state ? last : undefined;
  };
  return poll(`somebody ${state}`, look);
}

test("who writes is seen by every session of the others, once in three seconds, and by none of their own", async () => {
  const { app, ann, bo, id } = await createScene();
  const [writing, own] = [await app.socket(ann.token), await app.socket(ann.token)];
  const others = [await app.socket(bo.token), await app.socket(bo.token)];
  const typing = JSON.stringify({ type: "typing", conversationId: id });
  for (let i = 0; i < 5; i += 1) writing.raw.send(typing);
  await Promise.all(others.map((socket) => socket.next(({ type }) => type === "typing")));
  // Their answer comes after whatever the first caused.
  others[0]!.raw.send(typing);
  await own.next(({ type }) => type === "typing");
  const seen = others.map(({ frames }) => frames.filter(({ type }) => type === "typing"));
  const frame = { type: "typing", conversationId: id, personId: ann.id };
  expect(seen).toEqual([[frame], [frame]]);
  expect(own.frames.filter(({ type }) => type === "typing")).toEqual([{ ...frame, personId: bo.id }]);
});

test("typing in a conversation of others, or in none, is passed over", async () => {
  const { app, bo, id } = await createScene();
  const eve = await app.person("eve");
  const [strange, seeing] = [await app.socket(eve.token), await app.socket(bo.token)];
  for (const conversationId of [id, crypto.randomUUID(), "nonsense"])
    strange.raw.send(JSON.stringify({ type: "typing", conversationId }));
  strange.raw.send(JSON.stringify({ type: "nonsense" }));
  expect(await strange.closed()).toBe(1008);
  expect(seeing.frames.filter(({ type }) => type === "typing")).toEqual([]);
});

test("who comes sees who is there, and is seen; who is idle or goes is seen so", async () => {
  const { app, ann, bo } = await createScene();
  await choose(app, ann, { status: { text: "at sea", until: null } });
  const first = await app.socket(ann.token);
  const seeing = await app.socket(bo.token);
  expect(await sees(seeing, ann, "online")).toMatchObject({ status: { text: "at sea", until: null } });
  await sees(first, bo, "online");
  first.raw.send(JSON.stringify({ type: "activity", state: "idle" }));
  await sees(seeing, ann, "idle");
  const second = await app.socket(ann.token);
  await sees(seeing, ann, "online");
  second.raw.close();
  await sees(seeing, ann, "idle");
  first.raw.close();
  expect(await sees(seeing, ann, "offline")).toEqual({ personId: ann.id, state: "offline", status: null });
});

test("whoever is invisible looks offline and sees the others; whoever shares no presence sees nobody", async () => {
  const { app, ann, bo } = await createScene();
  const [hidden, seeing] = [await app.socket(ann.token), await app.socket(bo.token)];
  await sees(seeing, ann, "online");
  await choose(app, ann, { invisible: true });
  await sees(seeing, ann, "offline");
  expect(lastOf(hidden, bo.id)?.state).toBe("online");
  await choose(app, ann, { invisible: false });
  await sees(seeing, ann, "online");
  await choose(app, ann, { presence: false });
  await Promise.all([sees(seeing, ann, "offline"), sees(hidden, bo, "offline")]);
});

test("a block hides each from the other at once, and an unblock shows them again", async () => {
  const { app, ann, bo } = await createScene();
  const [mine, theirs] = [await app.socket(ann.token), await app.socket(bo.token)];
  await Promise.all([sees(mine, bo, "online"), sees(theirs, ann, "online")]);
  const path = `${base}/people/${bo.id}/block`;
  await app.request(path, { method: "PUT", token: ann.token, json: { kind: "silent" } });
  await Promise.all([sees(mine, bo, "offline"), sees(theirs, ann, "offline")]);
  await app.request(path, { method: "DELETE", token: ann.token });
  await Promise.all([sees(mine, bo, "online"), sees(theirs, ann, "online")]);
});

test("whoever accepts a request is seen from then on", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const [mine, theirs] = [await app.socket(ann.token), await app.socket(bo.token)];
  await meet(app, ann, { ...bo, handle: "bo" });
  await Promise.all([sees(mine, bo, "online"), sees(theirs, ann, "online")]);
});

test("who is at one node is seen at another, and typing too", async () => {
  const one = await startApp({ role: "web" });
  const two = await startApp({ beside: one, role: "web" });
  const [ann, bo] = [await one.person("ann"), await one.person("bo")];
  const id = await meet(one, ann, { ...bo, handle: "bo" });
  const [mine, theirs] = [await one.socket(ann.token), await two.socket(bo.token)];
  await Promise.all([sees(mine, bo, "online"), sees(theirs, ann, "online")]);
  mine.raw.send(JSON.stringify({ type: "typing", conversationId: id }));
  await theirs.next(({ type }) => type === "typing");
  mine.raw.close();
  await sees(theirs, ann, "offline");
});

test("a read mark is shown to those who share theirs, and the others get its bare number", async () => {
  const { app, ann, bo, id } = await createScene();
  const eve = await app.person("eve");
  const other = await meet(app, eve, { ...bo, handle: "bo" });
  const [seeing, reading] = [await app.socket(ann.token), await app.socket(bo.token)];
  const withheld = await app.socket(eve.token);
  await choose(app, eve, { receipts: false });
  for (const conversation of [id, other])
    await app.request(`${base}/conversations/${conversation}/read`, {
      token: bo.token,
      json: { position: 1 },
    });
  const receipt = await seeing.next(({ type }) => type === "receipt.changed");
  expect(receipt).toMatchObject({ conversationId: id, personId: bo.id, position: 1 });
  for (const socket of [withheld, reading]) {
    const skip = await socket.next((frame) => frame.type === "skip" && frame.conversationId === other);
    expect(skip).toMatchObject({ conversationId: other });
  }
  expect(withheld.frames.filter(({ type }) => type === "receipt.changed")).toEqual([]);
});

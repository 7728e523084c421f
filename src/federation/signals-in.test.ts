import { expect, test } from "vitest";
import { loadCircle } from "#domain/presence.ts";
import type { PersonId } from "#lib/ids.ts";
import { startHostileApp, type HostileApp } from "../../test/helpers/hostile-app.ts";
import { serveActor } from "../../test/helpers/hostile-actor.ts";
import { signCavage, type Sendable } from "../../test/helpers/hostile-signing.ts";
import { stateHash } from "../../test/helpers/state-hash.ts";
import { poll } from "../../test/helpers/poll.ts";

const base = "/api/chat/v1";

/** Eve has written to ann, who accepted if she is told to. */
async function createScene({ accepted }: { accepted: boolean }) {
  const app = await startHostileApp();
  const { token, socket } = app.ann;
  await app.send(app.signed(app.create()));
  await socket.next(({ type }) => type === "conversation.created" || type === "message.posted");
  const state = "request";
  const listed = await app.request(`${base}/conversations?state=${state}`, { token });
  const { conversations } = listed.json as { conversations: { conversation: { id: string } }[] };
  const { id } = conversations[0]!.conversation;
  if (accepted) {
    await app.request(`${base}/conversations/${id}/accept`, { token, json: {} });
    // Whom ann meets by this is shown to her at once: as offline, for nothing was heard of them.
    await socket.next(({ type }) => type === "presence");
    socket.frames.length = 0;
  }
  const room = `${app.origin}/r/${id}`;
  const typing = { type: "chatTyping", actor: app.eve.id, to: [app.ann.uri], context: room };
  const presence = { type: "chatPresence", actor: app.eve.id, to: [app.ann.uri], chatState: "online" };
  return { app, id, typing, presence };
}

/** The same request at the door for signals. */
function toSignals(app: HostileApp, said: object): Sendable {
  const { keyId, keys } = app.eve;
  const unsigned = { ...app.unsigned(said), target: "/signals" };
  return signCavage(unsigned, { keyId, privateKey: keys.privateKey });
}

function signalsOf({ ann }: HostileApp) {
  return ann.socket.frames.filter(({ type }) => type === "typing" || type === "presence");
}

/** Sends something, and then something of which the effect can be seen. */
async function leaves(app: HostileApp, send: () => Promise<{ status: number }>) {
  const before = [await stateHash(app.databaseUrl), app.peer.requests.length];
  const { status } = await send();
  expect([await stateHash(app.databaseUrl), app.peer.requests.length]).toEqual(before);
  return status;
}

test("what an acquaintance signs is shown, and nothing of it is stored", async () => {
  const { app, id, typing, presence } = await createScene({ accepted: true });
  const { socket } = app.ann;
  const circle = await loadCircle(app.app.ctx, app.ann.uri.split("/").at(-1) as PersonId);
  const eveId = circle[0]!.id;
  expect(await leaves(app, () => app.send(toSignals(app, typing)))).toBe(202);
  expect(await leaves(app, () => app.send(toSignals(app, presence)))).toBe(202);
  await poll("both frames", () => signalsOf(app).length === 2);
  expect(await socket.next(({ type }) => type === "typing")).toEqual({
    type: "typing",
    conversationId: id,
    personId: eveId,
  });
  expect(await socket.next(({ type }) => type === "presence")).toEqual({
    type: "presence",
    people: [{ personId: eveId, state: "online", status: null }],
  });
});

test("unsigned, changed on the way, or by somebody else's key: 401 as at the inbox, and nothing happens", async () => {
  const { app, typing } = await createScene({ accepted: true });
  const signed = toSignals(app, typing);
  const mallory = serveActor(app.peer, "mallory");
  const byMallory = signCavage(
    { ...app.unsigned(typing), target: "/signals" },
    { keyId: mallory.keyId, privateKey: app.eve.keys.privateKey },
  );
  const requests = [
    { ...app.unsigned(typing), target: "/signals" },
    { ...signed, body: String(signed.body).replace("chatTyping", "chatTypinG") },
    { ...signed, target: "/signals?x=1" },
    byMallory,
  ];
  const hash = await stateHash(app.databaseUrl);
  for (const request of requests) expect((await app.send(request)).status).toBe(401);
  expect(await stateHash(app.databaseUrl)).toBe(hash);
  expect(signalsOf(app)).toEqual([]);
});

test("before ann has accepted, eve's signals look taken and are seen by nobody", async () => {
  const { app, typing, presence } = await createScene({ accepted: false });
  for (const said of [typing, presence])
    expect(await leaves(app, () => app.send(toSignals(app, said)))).toBe(202);
  expect(signalsOf(app)).toEqual([]);
});

test("whoever is blocked gets the same answers, and is seen by nobody", async () => {
  const { app, typing, presence } = await createScene({ accepted: true });
  const { token, uri } = app.ann;
  const [eve] = await loadCircle(app.app.ctx, uri.split("/").at(-1) as PersonId);
  const { id } = eve!;
  await app.request(`${base}/people/${id}/block`, { method: "PUT", token, json: { kind: "silent" } });
  await app.ann.socket.next(({ type }) => type === "relation.changed");
  const before = signalsOf(app).length;
  for (const said of [typing, presence])
    expect(await leaves(app, () => app.send(toSignals(app, said)))).toBe(202);
  const online = signalsOf(app)
    .slice(before)
    .filter((frame) => frame.type === "typing" || JSON.stringify(frame).includes("online"));
  expect(online).toEqual([]);
});

test("a stranger, another room, another addressee, and no signal at all: 202 and nothing", async () => {
  const { app, typing, presence } = await createScene({ accepted: true });
  const zed = serveActor(app.peer, "zed");
  const byZed = signCavage(
    { ...app.unsigned({ ...typing, actor: zed.id }), target: "/signals" },
    { keyId: zed.keyId, privateKey: zed.keys.privateKey },
  );
  const hash = await stateHash(app.databaseUrl);
  const requests = [
    byZed,
    toSignals(app, { ...typing, context: `${app.origin}/r/${crypto.randomUUID()}` }),
    toSignals(app, { ...typing, context: app.eve.id }),
    toSignals(app, { ...typing, to: [`${app.origin}/users/${crypto.randomUUID()}`] }),
    toSignals(app, { ...presence, to: [app.eve.id] }),
    toSignals(app, { ...presence, chatState: "dancing" }),
    toSignals(app, app.create()),
  ];
  for (const request of requests) expect((await app.send(request)).status).toBe(202);
  expect(await stateHash(app.databaseUrl)).toBe(hash);
  expect(signalsOf(app)).toEqual([]);
});

test("too large is 413, and one who never stops is heard only so often", async () => {
  const { app, presence } = await createScene({ accepted: true });
  const large = toSignals(app, { ...presence, summary: "x".repeat(70_000) });
  expect((await app.send(large)).status).toBe(413);
  for (let i = 0; i < 60; i += 1)
    await app.send(toSignals(app, { ...presence, chatState: i % 2 === 0 ? "online" : "idle" }));
  await poll("some frames", () => signalsOf(app).length > 0);
  expect(signalsOf(app).length).toBeLessThanOrEqual(40);
});

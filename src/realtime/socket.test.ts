import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { createContext } from "../app.ts";
import { connect } from "#db/connect.ts";
import { revokeToken } from "#domain/tokens.ts";
import type { ConversationView } from "#protocol/api.ts";
import type { Hello } from "#protocol/socket.ts";
import { usualSettings } from "../../test/helpers/settings.ts";
import { startApp, type TestApp } from "../../test/helpers/app.ts";

const base = "/api/chat/v1";

/** The status with which an upgrade is refused. */
async function refusedWith(
  app: TestApp,
  offer: { protocols?: string[]; query?: string; headers?: Record<string, string> },
) {
  const url = `${app.origin.replace("http", "ws")}${base}/socket${offer.query ?? ""}`;
  const raw = new WebSocket(url, offer.protocols ?? [], { headers: offer.headers ?? {} });
  return await new Promise<number>((resolve, reject) => {
    raw.once("unexpected-response", (_, response) => {
      resolve(response.statusCode ?? 0);
      raw.terminate();
    });
    raw.once("open", () => reject(new Error("the socket opened")));
    raw.on("error", () => {}); // `terminate` before the upgrade is an error to `ws`
  });
}

async function beginWith(app: TestApp, token: string, address: string): Promise<string> {
  const { json } = await app.request(`${base}/conversations`, { token, json: { address } });
  return (json as ConversationView).conversation.id;
}

test("a socket opens with its token as a subprotocol, which is never echoed, and is greeted", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const socket = await app.socket(token);
  expect(socket.raw.protocol).toBe("chat.v1");
  expect(socket.raw.extensions).toBe("");
  const hello = await socket.next(() => true);
  expect(hello).toMatchObject({ type: "hello", number: 0 });
  expect(Math.abs(Date.parse((hello as Hello).time) - Date.now())).toBeLessThan(60_000);
});

test("CL-18 without a valid token in the subprotocol there is no upgrade", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const cookie = `__Host-refresh=${token}; token=${token}`;
  expect(await refusedWith(app, {})).toBe(401);
  expect(await refusedWith(app, { protocols: ["chat.v1"] })).toBe(401);
  expect(await refusedWith(app, { protocols: ["chat.v1", "bearer.luc_wrong"] })).toBe(401);
  expect(await refusedWith(app, { protocols: [`bearer.${token}`] })).toBe(401);
  expect(await refusedWith(app, { protocols: ["chat.v1"], headers: { cookie } })).toBe(401);
  expect(await refusedWith(app, { protocols: ["chat.v1"], query: `?access_token=${token}` })).toBe(401);
  expect(
    await refusedWith(app, { protocols: ["chat.v1"], headers: { authorization: `Bearer ${token}` } }),
  ).toBe(401);
});

test("CL-20 a foreign page opens no socket, with the cookie or a valid token; our own does, and who is no page", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const cookie = `__Host-refresh=${token}`;
  const protocols = ["chat.v1", `bearer.${token}`];
  for (const origin of [
    "https://evil.example",
    `${app.origin}.evil.example`,
    "null",
    app.origin.toUpperCase(),
  ]) {
    expect([origin, await refusedWith(app, { protocols, headers: { origin } })]).toEqual([origin, 403]);
    expect(await refusedWith(app, { protocols: ["chat.v1"], headers: { origin, cookie } })).toBe(403);
  }
  const url = `${app.origin.replace("http", "ws")}${base}/socket`;
  for (const headers of [{ origin: app.origin }, {}] as { origin?: string }[]) {
    const raw = new WebSocket(url, protocols, { headers });
    await once(raw, "open");
  }
});

test("every session of everybody concerned gets a change, the author's own included; a stranger gets nothing", async () => {
  const app = await startApp();
  const [ann, bo, eve] = [await app.person("ann"), await app.person("bo"), await app.person("eve")];
  const id = await beginWith(app, ann.token, "@bo");
  const sockets = await Promise.all([ann, ann, bo, bo, bo].map(({ token }) => app.socket(token)));
  const outside = await app.socket(eve.token);
  const sent = await app.request(`${base}/conversations/${id}/messages`, {
    token: ann.token,
    json: { key: "k", text: "hi" },
  });
  expect(sent.status).toBe(201);
  for (const socket of sockets) {
    const frame = await socket.next(({ type }) => type === "message.posted");
    expect(frame).toMatchObject({
      conversationId: id,
      revision: 2,
      message: { body: { text: "hi" }, key: "k" },
    });
  }
  expect(outside.frames.filter(({ type }) => type !== "hello")).toEqual([]);
});

test("a read mark in one session reaches the person's others, and nobody else", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const id = await beginWith(app, ann.token, "@bo");
  await app.request(`${base}/conversations/${id}/messages`, {
    token: ann.token,
    json: { key: "k", text: "hi" },
  });
  const [mine, theirs] = [await app.socket(bo.token), await app.socket(ann.token)];
  await app.request(`${base}/conversations/${id}/read`, { token: bo.token, json: { position: 1 } });
  const frame = await mine.next(({ type }) => type === "membership.changed");
  expect(frame).toMatchObject({ number: 1, membership: { readPosition: 1, unread: 0 } });
  expect(theirs.frames.map(({ type }) => type)).toEqual(["hello"]);
});

test("who hid a message gets the bare number of its later changes", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const id = await beginWith(app, ann.token, "@bo");
  const { json } = await app.request(`${base}/conversations/${id}/messages`, {
    token: ann.token,
    json: { key: "k", text: "hi" },
  });
  const messageId = (json as { message: { id: string } }).message.id;
  await app.request(`${base}/messages/${messageId}?for=me`, { method: "DELETE", token: bo.token });
  const socket = await app.socket(bo.token);
  await app.request(`${base}/messages/${messageId}`, {
    method: "PATCH",
    token: ann.token,
    json: { text: "ho" },
  });
  const frame = await socket.next(({ type }) => type !== "hello");
  expect(frame).toEqual({ type: "skip", conversationId: id, revision: 3 });
});

test("a token revoked through another process's connection closes its socket and no other", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const [socket, other] = [await app.socket(ann.token), await app.socket(bo.token)];
  const connection = connect(app.databaseUrl);
  const config = {
    origin: app.origin,
    ...usualSettings,
    role: "all",
    allowPrivateAddresses: [],
    trustedProxies: [],
  } as const;
  const ctx = createContext({ config, connection, secretKey: new Uint8Array(32).fill(7), version: "0" });
  await revokeToken(ctx, { token: ann.token });
  await connection.close();
  expect(await socket.closed()).toBe(4401);
  expect(other.raw.readyState).toBe(WebSocket.OPEN);
});

test("a frame over 64 KiB closes the socket (1009), one that means nothing too (1008)", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const [large, senseless, binary] = [
    await app.socket(token),
    await app.socket(token),
    await app.socket(token),
  ];
  large.raw.send("x".repeat(64 * 1024 + 1));
  senseless.raw.send("[]");
  binary.raw.send(Buffer.from([0xff, 0xfe]));
  expect(await large.closed()).toBe(1009);
  expect(await senseless.closed()).toBe(1008);
  expect(await binary.closed()).toBe(1008);
});

test("a socket lives on with a newer token of its session, and ends with one of another", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const [kept, taken] = [await app.socket(ann.token), await app.socket(ann.token)];
  kept.raw.send(JSON.stringify({ type: "renew", token: ann.token }));
  taken.raw.send(JSON.stringify({ type: "renew", token: bo.token }));
  expect(await taken.closed()).toBe(4401);
  expect(kept.raw.readyState).toBe(WebSocket.OPEN);
});

test("CL-23 a person has at most twenty sockets, and the twenty-first is turned away", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const sockets = await Promise.all(Array.from({ length: 20 }, () => app.socket(token)));
  const extra = await app.socket(token);
  expect(await extra.closed()).toBe(1008);
  expect(sockets.every(({ raw }) => raw.readyState === WebSocket.OPEN)).toBe(true);
});

test("CL-22 a client that sends frame after frame is sent away (1008)", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const socket = await app.socket(token);
  for (let i = 0; i < 100; i += 1) socket.raw.send(JSON.stringify({ type: "renew", token }));
  expect(await socket.closed()).toBe(1008);
});

test("CL-22 each ping costs an answer, so a client that pings without end is sent away (1008)", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const app = await startApp();
  const { token } = await app.person("ann");
  const socket = await app.socket(token);
  await socket.next(({ type }) => type === "hello");
  for (let i = 0; i < 60; i += 1) {
    socket.raw.ping();
    await once(socket.raw, "pong");
  }
  socket.raw.ping();
  expect(await socket.closed()).toBe(1008);
});

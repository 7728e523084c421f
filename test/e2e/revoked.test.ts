import { afterAll, beforeAll, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { closeCodes, SOCKET_PROTOCOL } from "#protocol/socket.ts";
import type { Conversation } from "#protocol/types.ts";
import { call, type Client, openSocket, type SocketOptions, withToken } from "../helpers/client.ts";
import { goLive } from "../helpers/live.ts";
import { type Member, openPair, type Pair } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Who may hold a live connection, and how it ends, on a real server.

let pair: Pair;
let home: Member;
let people = 0;

beforeAll(async () => {
  pair = await openPair();
  home = pair.a;
}, 120_000);

afterAll(() => pair?.close());

async function newcomer(): Promise<Client> {
  people += 1;
  const { token } = await home.server.createAccount(`person${people}`);
  return await withToken(home.place, token);
}

/** A bare WebSocket with a token of `client`. */
async function bareSocket({ place, token }: Client): Promise<WebSocket> {
  const socket = openSocket(place, { protocols: [SOCKET_PROTOCOL, `bearer.${token}`] });
  await new Promise((resolve) => socket.once("open", resolve));
  return socket;
}

function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/** The status that an attempt to connect gets instead of a WebSocket; 101 when it gets one. */
function statusOf(options: SocketOptions): Promise<number | undefined> {
  const socket = openSocket(home.place, options);
  return new Promise((resolve) => {
    socket.once("unexpected-response", (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    socket.once("open", () => {
      resolve(101);
      socket.terminate();
    });
  });
}

test("a token revoked by a command ends its sockets and its requests, and no other session", async ({
  annotate,
}) => {
  const ana = await newcomer();
  const other = await ana.signIn();
  const [first, second] = [await bareSocket(ana), await bareSocket(ana)];
  const bystander = await goLive(other);
  const closures = [first, second].map((socket) =>
    closed(socket).then((code) => ({ code, at: performance.now() })),
  );
  const command = home.server.cli(["token", "revoke"], { input: ana.token });
  // The last moment at which the token was known to be good comes before the revocation.
  let good = 0;
  await poll("the token is refused", async () => {
    const asked = performance.now();
    const status = await ana.api.sync(null).then(
      () => 200,
      (error: { status: number }) => error.status,
    );
    if (status === 200) good = asked;
    return status === 401;
  });
  const ended = await Promise.all(closures);
  expect(ended.map(({ code }) => code)).toEqual([closeCodes.unauthorized, closeCodes.unauthorized]);
  const took = Math.max(...ended.map(({ at }) => at - good));
  await annotate(`sockets closed at most ${Math.ceil(took)} ms after the revocation`);
  expect(took).toBeLessThan(5_000);
  expect(await command).toMatchObject({ code: 0, stdout: "The token is revoked.\n" });
  const me = await other.call<{ person: { id: string } }>("GET", "/api/chat/v1/me");
  expect(me.person.id).toBe(ana.person.id);
  expect([bystander.isOpen, bystander.closes]).toEqual([true, []]);
});

test("a live session whose token is revoked does not come back", async () => {
  const session = await goLive(await newcomer());
  await home.server.cli(["token", "revoke"], { input: session.client.token });
  await poll("the session gives up", () => session.socket.state.value.kind === "off");
  expect(session.closes).toEqual([closeCodes.unauthorized]);
});

test("signing out ends the sockets of that session at once, and not those of the person's other sessions", async () => {
  const ana = await (await newcomer()).signIn();
  const other = await goLive(await ana.signIn());
  const sockets = [await bareSocket(ana), await bareSocket(ana)];
  const codes = Promise.all(sockets.map(closed));
  await ana.signOut();
  expect(await codes).toEqual([closeCodes.unauthorized, closeCodes.unauthorized]);
  await expect(ana.call("GET", "/api/chat/v1/me")).rejects.toMatchObject({
    status: 401,
    code: "unauthorized",
  });
  expect([other.isOpen, other.closes]).toEqual([true, []]);
});

test("the server selects chat.v1 and never echoes the token", async () => {
  const ana = await newcomer();
  const socket = openSocket(home.place, { protocols: [SOCKET_PROTOCOL, `bearer.${ana.token}`] });
  const headers = await new Promise<Record<string, unknown>>((resolve) =>
    socket.once("upgrade", (response) => resolve(response.headers)),
  );
  expect(headers["sec-websocket-protocol"]).toBe("chat.v1");
  expect(headers["sec-websocket-extensions"]).toBeUndefined();
  expect(JSON.stringify(headers)).not.toContain(ana.token);
  expect(
    await new Promise((resolve) => socket.once("message", (data) => resolve(JSON.parse(String(data))))),
  ).toEqual({
    type: "hello",
    generation: expect.stringMatching(/^[\da-f-]{36}$/),
    number: 0,
    time: expect.stringMatching(/Z$/),
  });
  socket.terminate();
});

test("whoever brings no valid token where it belongs is refused before the upgrade", async () => {
  const { token } = await newcomer();
  const right = [SOCKET_PROTOCOL, `bearer.${token}`];
  const wrong = `${token.slice(0, -2)}xx`;
  const cookie = { cookie: `__Host-refresh=${token}; token=${token}` };
  expect(await statusOf({ protocols: right })).toBe(101);
  expect(await statusOf({ protocols: [SOCKET_PROTOCOL] })).toBe(401);
  expect(await statusOf({ protocols: [SOCKET_PROTOCOL, `bearer.${wrong}`] })).toBe(401);
  expect(
    await statusOf({ protocols: [SOCKET_PROTOCOL], query: `?access_token=${token}&token=${token}` }),
  ).toBe(401);
  expect(await statusOf({ protocols: [SOCKET_PROTOCOL], headers: cookie })).toBe(401);
  expect(
    await statusOf({ protocols: [SOCKET_PROTOCOL], headers: { authorization: `Bearer ${token}` } }),
  ).toBe(401);
  expect(await statusOf({ protocols: [`bearer.${token}`] })).toBe(401);
  expect(await statusOf({ protocols: right, headers: { origin: "https://evil.example" } })).toBe(403);
  expect(await statusOf({ protocols: right, headers: { origin: home.place.origin } })).toBe(101);
});

test("no token is ever written to the log", async () => {
  const { token } = await newcomer();
  const socket = openSocket(home.place, { protocols: [SOCKET_PROTOCOL], query: `?access_token=${token}` });
  await closed(socket);
  await expect(
    call(home.place, { method: "GET", path: `/api/chat/v1/me?access_token=${token}` }),
  ).rejects.toMatchObject({ status: 401 });
  expect(home.server.output()).not.toContain(token);
});

test("a frame of 64 KiB is judged, one more byte ends the socket as too large, and the server lives on", async () => {
  const ana = await newcomer();
  const [fits, exceeds] = [await bareSocket(ana), await bareSocket(ana)];
  const codes = Promise.all([closed(fits), closed(exceeds)]);
  fits.send("x".repeat(64 * 1024));
  exceeds.send("x".repeat(64 * 1024 + 1));
  expect(await codes).toEqual([closeCodes.policy, 1009]);
  expect((await goLive(ana)).isOpen).toBe(true);
});

test("SIGTERM sends everybody away to come back, ends with 0, and the sessions catch up with the next process", async () => {
  const [ana, bo] = [await newcomer(), await newcomer()];
  const sessions = [await goLive(ana), await goLive(await ana.signIn()), await goLive(bo)];
  const { conversation } = await ana.api.startConversation(`@${bo.person.handle}`);
  const { id }: Conversation = conversation;
  await ana.send(id, { text: "before" });
  for (const session of sessions) await session.open(id);
  expect(await home.server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  await poll("all are told", () => sessions.every(({ closes }) => closes.length > 0));
  expect(sessions.map(({ closes }) => closes[0])).toEqual(sessions.map(() => closeCodes.restart));
  await home.server.restart();
  await ana.send(id, { text: "after" });
  for (const session of sessions) {
    await poll("the session is back", () => session.isOpen);
    await session.inStep();
    expect(session.messages(id).map(({ body }) => body)).toEqual([{ text: "before" }, { text: "after" }]);
  }
});

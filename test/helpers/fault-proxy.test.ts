import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { findFreePort } from "#db/embedded/postmaster.ts";
import { Unreachable } from "#web/platform/http.ts";
import { testCertificates } from "./certificates.ts";
import { call, openSocket, type Place } from "./client.ts";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "./fault-proxy.ts";

interface Heard {
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

const heard: Heard[] = [];
let target: Server;
let port: number;
let place: Place;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  const { authority, cert, key } = await testCertificates();
  heard.length = 0;
  target = createServer({ cert: await readFile(cert), key: await readFile(key) }, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      heard.push({ url: request.url ?? "", rawHeaders: request.rawHeaders, body });
      response.writeHead(202).end("{}");
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  target.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (live) => {
      live.send("hello");
      live.close(4401);
    });
  });
  const inner = await findFreePort();
  await new Promise<void>((resolve) => target.listen(inner, "127.0.0.1", resolve));
  port = inner;
  place = { origin: "", authority: await readFile(authority, "utf8") };
});

afterEach(async () => {
  await proxy?.close();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

async function open(
  options: Pick<FaultProxyOptions, "losesAnswer" | "reordering"> = {},
): Promise<FaultProxy> {
  const outer = await findFreePort();
  place = { ...place, origin: `https://localhost:${outer}` };
  const certificates = await testCertificates();
  proxy = await startFaultProxy({ ...options, port: outer, target: port, certificates });
  return proxy;
}

function deliver(text: string): Promise<unknown> {
  return call(place, { method: "POST", path: "/users/1/inbox", body: { text } });
}

test("every delivery reaches the inbox twice, byte for byte, and other requests once", async () => {
  const opened = await open();
  for (let number = 0; number < 9; number += 1) await deliver(`message ${number}`);
  await call(place, { method: "POST", path: "/api/chat/v1/conversations", body: {} });
  await opened.settled();
  expect(opened.deliveries).toBe(9);
  expect(opened.repeated).toEqual(Array<number>(9).fill(202));
  const deliveries = heard.filter(({ url }) => url === "/users/1/inbox").map((copy) => JSON.stringify(copy));
  expect(deliveries).toHaveLength(18);
  expect(new Set(deliveries).size).toBe(9);
  expect(heard.filter(({ url }) => url.startsWith("/api"))).toHaveLength(1);
  expect(await opened.repeatAll()).toEqual(Array<number>(9).fill(202));
  expect(heard).toHaveLength(28);
});

test("a lost answer is a delivery that arrived, and whose sender does not know", async () => {
  const opened = await open({ losesAnswer: (delivery) => delivery === 1 });
  await deliver("first");
  await expect(deliver("second")).rejects.toThrow(Unreachable);
  await opened.settled();
  expect(opened.lostAnswers).toBe(1);
  expect(heard.filter(({ body }) => body.includes("second"))).toHaveLength(2);
});

test.each([
  ["as its sender waits, those of others", new Set<string>(), 2],
  ["where its sender is told at once, its own too", new Set(["Create"]), 1],
])("later ones overtake a delivery: %s", async (_title, takesEarly, senders) => {
  const opened = await open({ reordering: { seed: 7, takesEarly } });
  const send = (number: number) =>
    call(place, { method: "POST", path: "/users/1/inbox", body: { type: "Create", number } });
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const [odd, even] = [1, 0].map((rest) => numbers.filter((number) => number % 2 === rest));
  const sendAll = async (own: number[]) => {
    for (const number of own) await send(number);
  };
  await Promise.all(senders === 2 ? [sendAll(odd!), sendAll(even!)] : [sendAll(numbers)]);
  await opened.settled();
  expect(opened.overtaken).toBeGreaterThan(0);
  const first = [...new Set(heard.map(({ body }) => (JSON.parse(body) as { number: number }).number))];
  expect(first.toSorted((one, other) => one - other)).toEqual(numbers);
  const isOrdered = (own: number[]) => first.filter((number) => own.includes(number)).join() === own.join();
  expect([odd!, even!].every(isOrdered)).toBe(senders === 2);
});

test("while it is cut, only the server's own people get through", async () => {
  const opened = await open();
  opened.cut();
  await expect(deliver("first")).rejects.toThrow(Unreachable);
  await call(place, { method: "POST", path: "/api/chat/v1/conversations", body: {} });
  expect(heard.map(({ url }) => url)).toEqual(["/api/chat/v1/conversations"]);
  opened.mend();
  await deliver("second");
  await opened.settled();
  expect(opened.deliveries).toBe(1);
});

test("a socket passes through, frames and close code and all", async () => {
  await open();
  const socket = openSocket(place, { protocols: ["chat.v1"] });
  const frames: string[] = [];
  socket.on("message", (data) => frames.push(String(data)));
  expect(await new Promise((resolve) => socket.once("close", resolve))).toBe(4401);
  expect(frames).toEqual(["hello"]);
});

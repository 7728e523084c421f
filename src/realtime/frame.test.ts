import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ServerFrame } from "#protocol/socket.ts";
import { encodeFrame } from "./frame.ts";
import type { Wire } from "./hub.ts";
import { createWire } from "./wire.ts";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
let client: WebSocket;
let wire: Wire;

beforeAll(async () => {
  server.on("connection", (socket, request) => (wire = createWire(socket, request.socket)));
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, "open");
});

afterAll(() => {
  client.terminate();
  server.close();
});

async function hear(): Promise<unknown> {
  const [data] = await once(client, "message");
  return JSON.parse(String(data));
}

test.each([0, 80, 125, 126, 200, 65_535, 65_536, 200_000])(
  "a frame with a text of %i letters is read as it was",
  async (length) => {
    const frame: ServerFrame = {
      type: "hello",
      generation: "\u{1f98a}é".padEnd(length, "x"),
      number: 7,
      time: "2026-01-01T10:00:00.000Z",
    };
    const heard = hear();
    wire.write(encodeFrame(frame));
    expect(await heard).toEqual(frame);
  },
);

test("pings go between frames, and nothing is written behind a farewell", async () => {
  const pinged = once(client, "ping");
  const heard = hear();
  wire.ping();
  wire.write(encodeFrame({ type: "hello", generation: "g", number: 1, time: "2026-01-01T10:00:00.000Z" }));
  await Promise.all([pinged, heard]);
  const closed = once(client, "close");
  wire.close(1012);
  wire.write(encodeFrame({ type: "hello", generation: "g", number: 2, time: "2026-01-01T10:00:00.000Z" }));
  expect((await closed)[0]).toBe(1012);
});

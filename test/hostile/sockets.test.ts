import { readdir, readFile, readlink } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ChangePage } from "#protocol/api.ts";
import { startApp } from "../helpers/app.ts";
import { poll } from "../helpers/poll.ts";
import { startServer, type TestServer } from "../helpers/server.ts";
import { base, begin, say } from "../helpers/talk.ts";

// A real process, spoken to byte by byte: what a WebSocket library would never send.

/** What may lie about until it is collected, in bytes: the million fragments of one round alone are four times as much. */
const SLACK = 32 * 1024 * 1024;
let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startServer();
  ({ token } = await server.createAccount("ann"));
});
afterAll(() => server.stop());

interface Line {
  readonly socket: Socket;
  /** All that came so far. */
  received(): Buffer;
  /** Waits until the server has hung up. */
  readonly ended: Promise<void>;
}

/** Opens a connection and sends the first bytes. */
function dial(bytes: string): Line {
  const chunks: Buffer[] = [];
  const socket = connect(server.port, "localhost", () => socket.write(bytes));
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => resolve()).on("close", () => resolve());
  return { socket, ended, received: () => Buffer.concat(chunks) };
}

function handshake(headers: readonly string[], path = "/api/chat/v1/socket"): string {
  const usual = [
    `Host: localhost:${server.port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  return [`GET ${path} HTTP/1.1`, ...usual, ...headers, "", ""].join("\r\n");
}

/** The status that a line was answered with. */
async function statusOf({ received, ended }: Line): Promise<number> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  return await poll("an answer", () => {
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(received().toString("latin1"))?.[1];
    return status === undefined ? isOver && -1 : Number(status);
  });
}

/** A live socket, without any library. */
async function live(more: readonly string[] = []): Promise<Line> {
  const line = dial(handshake([`Sec-WebSocket-Protocol: chat.v1, bearer.${token}`, ...more]));
  expect(await statusOf(line)).toBe(101);
  return line;
}

interface Shape {
  readonly opcode: number;
  readonly payload?: Buffer;
  readonly isLast?: boolean;
  /** The bit that says that it is packed. */
  readonly packed?: boolean;
  readonly masked?: boolean;
}

/** A frame of a client (RFC 6455, 5.2), masked with zeros. */
function frame({ opcode, payload = Buffer.alloc(0), isLast = true, packed = false, masked = true }: Shape) {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length <= 0xffff ? 4 : 10);
  head[0] = (isLast ? 0x80 : 0) | (packed ? 0x40 : 0) | opcode;
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length <= 0xffff ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat(masked ? [head, Buffer.alloc(4), payload] : [head, payload]);
}

/** The code with which the server closed a socket: that of the last frame it sent. */
function codeOf({ received }: Line): number {
  const bytes = received();
  const at = bytes.lastIndexOf(Buffer.from([0x88]));
  return at < 0 ? -1 : bytes.readUInt16BE(at + 2);
}

/** What the server holds of this machine's memory, in bytes. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function expectUp(): Promise<void> {
  expect((await fetch(`${server.origin}/health`)).status).toBe(200);
}

test("CL-21 headers without end are refused, and the server stays up", async () => {
  const protocols = `Sec-WebSocket-Protocol: chat.v1,${" ".repeat(64_000)}bearer.${token}`;
  expect(await statusOf(dial(handshake([protocols])))).toBe(431);
  const many = Array.from({ length: 2_000 }, (_, n) => `X-Header-${n}: 1`);
  expect(await statusOf(dial(handshake(many)))).toBe(431);
  // So short that all of them fit: Node forgets those after the two thousandth.
  const short = Array.from({ length: 2_100 }, () => "a:");
  const first = handshake([`Sec-WebSocket-Protocol: chat.v1, bearer.${token}`]).split("\r\n");
  const lost = dial([first[0], ...short, ...first.slice(1)].join("\r\n"));
  expect([400, 401, 431]).toContain(await statusOf(lost));
  lost.socket.destroy();
  await expectUp();
});

const junk = Buffer.alloc(1, "x");
/** The bit of a socket that the server cut without a word. */
const CUT = -1;
const unfinished = (opcode: number, payload?: Buffer) =>
  frame({ opcode, isLast: false, ...(payload && { payload }) });
const attacks: [string, number[], () => Buffer][] = [
  ["a frame of 64 KiB and one byte", [1009], () => frame({ opcode: 1, payload: Buffer.alloc(65_537, "x") })],
  [
    "a million fragments of one byte",
    [1008],
    () => Buffer.concat([unfinished(1, junk), Buffer.alloc(7_000_000, unfinished(0, junk))]),
  ],
  [
    "a million fragments of nothing",
    [1008],
    () => Buffer.concat([unfinished(1), Buffer.alloc(6_000_000, unfinished(0))]),
  ],
  [
    "a packed frame that would be a gigabyte",
    [1002],
    () => frame({ opcode: 1, packed: true, payload: Buffer.alloc(60_000) }),
  ],
  ["a hundred thousand pings", [1008, CUT], () => Buffer.alloc(600_000, frame({ opcode: 9 }))],
  ["what is no UTF-8", [1007], () => frame({ opcode: 1, payload: Buffer.from([0xff, 0xfe, 0xc0]) })],
  ["a frame without its mask", [1002], () => frame({ opcode: 1, payload: junk, masked: false })],
  ["an opcode that there is not", [1002], () => frame({ opcode: 3, payload: junk })],
  ["a ping that is too long", [1002], () => frame({ opcode: 9, payload: Buffer.alloc(126) })],
  ["the rest of what was never begun", [1002], () => frame({ opcode: 0, payload: junk })],
];

test.each(attacks)("CL-22 %s ends a socket and costs no memory", async (_, codes, attack) => {
  const bytes = attack();
  const measured: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const line = await live(["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]);
    expect(line.received().toString("latin1")).not.toMatch(/permessage-deflate/i);
    line.socket.write(bytes);
    await line.ended;
    expect(codes).toContain(codeOf(line));
    measured.push(await memory());
  }
  expect(measured[2]! - measured[0]!).toBeLessThan(SLACK);
  await expectUp();
});

/** How many sockets the server has open, of whatever kind. */
async function countSockets(): Promise<number> {
  const folder = `/proc/${server.pid}/fd`;
  const open = await readdir(folder);
  // One may be closed while we look.
  const links = await Promise.all(open.map((name) => readlink(join(folder, name)).catch(() => "")));
  return links.filter((link) => link.startsWith("socket:")).length;
}

test("CL-23 handshakes that are broken off, refused, for another protocol, or never hung up leave nothing behind", async () => {
  const offer = `Sec-WebSocket-Protocol: chat.v1, bearer.${token}`;
  const hands = [
    handshake([]),
    handshake([offer]).slice(0, -2),
    handshake([offer.replace("bearer.", "bearer.x")]),
    handshake([offer]),
  ];
  const [before, usual] = [await memory(), await countSockets()];
  for (let round = 0; round < 10; round += 1) {
    const lines = Array.from({ length: 200 }, (_, n) => dial(hands[n % hands.length]!));
    await Promise.all(lines.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))));
    for (const { socket } of lines) socket.destroy();
  }
  const kept = ["websocket", "tcp"].flatMap((protocol) =>
    Array.from({ length: 25 }, () => dial(handshake([]).replace("websocket", protocol))),
  );
  // They never hang up, although the server has.
  for (const { socket } of kept) socket.allowHalfOpen = true;
  expect(await Promise.all(kept.map(statusOf))).toEqual(kept.map(() => 401));
  await poll("the server to let go", async () => (await countSockets()) < usual + kept.length / 2);
  expect((await memory()) - before).toBeLessThan(SLACK);
  for (const { socket } of kept) socket.destroy();
  await expectUp();
});

test("CL-23 who does not read is sent away (1013), and finds what they missed by its number", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const id = await begin(app, ann, "@bo");
  const { raw, frames, closed } = await app.socket(bo.token);
  await poll("the greeting", () => frames.length > 0);
  raw.pause();
  const [theirs] = app.app.sockets.clients;
  const text = "👨‍👩‍👧‍👦".repeat(5_000);
  let said = 0;
  for (; theirs!.readyState === WebSocket.OPEN && said < 2_000; said += 1) await say(app, ann, [id, text]);
  raw.resume();
  expect(await closed()).toBe(1013);
  const heard = frames.flatMap((each) => ("revision" in each ? [each.revision] : []));
  expect(heard.length).toBeLessThan(said);
  const missed: number[] = [];
  for (let after = heard.at(-1) ?? 1; ; after = missed.at(-1)!) {
    const path = `${base}/conversations/${id}/changes?after=${after}&limit=100`;
    const { changes } = (await app.request(path, { token: bo.token })).json as ChangePage;
    if (changes.length === 0) break;
    missed.push(...changes.map((each) => ("revision" in each ? each.revision : 0)));
  }
  const numbers = [...heard, ...missed];
  expect(numbers).toEqual(numbers.map((_, n) => n + 2));
  expect(numbers).toHaveLength(said);
});

import { expect, test } from "vitest";
import { closeCodes } from "#protocol/socket.ts";
import { Unreachable } from "./http.ts";
import { isPassing } from "./session.ts";
import { LiveSocket, type WebSocketLike } from "./socket.ts";

/** A stretch of time and a server side, both moved by hand. */
class World {
  time = 0;
  readonly opened: { protocols: string[]; socket: Fake }[] = [];
  readonly timers: { at: number; task: () => void }[] = [];
  refreshed = 0;
  refusal: Error | null = null;
  readonly live = new LiveSocket({
    open: (protocols) => {
      const socket = new Fake();
      this.opened.push({ protocols, socket });
      return socket;
    },
    token: async () => `token${this.refreshed}`,
    refresh: async () => {
      if (this.refusal !== null) throw this.refusal;
      this.refreshed += 1;
    },
    isPassing,
    now: () => this.time,
    random: () => 1,
    after: (milliseconds, task) => {
      const timer = { at: this.time + milliseconds, task };
      this.timers.push(timer);
      return () => this.timers.splice(this.timers.indexOf(timer), 1);
    },
  });

  get last(): Fake {
    const last = this.opened.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last.socket;
  }

  /** Lets promises settle, and then the next timer run. */
  async tick(): Promise<void> {
    await settle();
    const timer = this.timers.shift();
    if (timer === undefined) return;
    this.time = timer.at;
    timer.task();
    await settle();
  }
}

class Fake implements WebSocketLike {
  onopen: WebSocketLike["onopen"] = null;
  onmessage: WebSocketLike["onmessage"] = null;
  onclose: WebSocketLike["onclose"] = null;
  readonly sent: string[] = [];
  send(data: string): void {
    this.sent.push(data);
  }
  close(): void {}
  open(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }
  lose(code: number): void {
    const event = Object.assign(new Event("close"), { code }) as CloseEvent;
    this.onclose?.call(this as unknown as WebSocket, event);
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test("the token travels as a subprotocol beside ours", async () => {
  const world = new World();
  world.live.start();
  await settle();
  expect(world.opened[0]?.protocols).toEqual(["chat.v1", "bearer.token0"]);
});

test("a lost connection comes back later and later, up to half a minute", async () => {
  const world = new World();
  world.live.start();
  await settle();
  const delays: number[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const before = world.time;
    world.last.lose(1006);
    await world.tick();
    delays.push(world.time - before);
  }
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test("an opened connection begins again with the shortest wait", async () => {
  const world = new World();
  world.live.start();
  await settle();
  world.last.lose(1006);
  await world.tick();
  world.last.open();
  expect(world.live.lostAt.value).toBeNull();
  world.last.lose(closeCodes.restart);
  await settle();
  expect(world.live.state.value).toEqual({ kind: "waiting", until: world.time + 1_000 });
});

test("a revoked token is renewed before the next attempt, and a restart renews nothing", async () => {
  const world = new World();
  world.live.start();
  await settle();
  world.last.open();
  world.last.lose(closeCodes.restart);
  await world.tick();
  expect(world.refreshed).toBe(0);
  world.last.open();
  world.last.lose(closeCodes.unauthorized);
  await world.tick();
  expect(world.opened.at(-1)?.protocols).toEqual(["chat.v1", "bearer.token1"]);
});

test("a session that is over ends the connection; a server out of reach does not", async () => {
  const world = new World();
  world.live.start();
  await settle();
  world.refusal = new Unreachable("down");
  world.last.lose(1006);
  await settle();
  expect(world.live.state.value.kind).toBe("waiting");
  await world.tick();
  world.refusal = new Error("signed out");
  world.last.lose(1006);
  await settle();
  expect(world.live.state.value.kind).toBe("off");
});

test("trying now does not wait, and opens one connection only", async () => {
  const world = new World();
  world.live.start();
  await settle();
  world.last.lose(1006);
  await settle();
  world.live.tryNow();
  world.live.tryNow();
  await settle();
  expect(world.opened).toHaveLength(2);
  expect(world.timers).toHaveLength(0);
});

test("a live connection gets its next token", async () => {
  const world = new World();
  world.live.start();
  await settle();
  world.last.open();
  world.live.renew("next");
  expect(world.last.sent).toEqual(['{"type":"renew","token":"next"}']);
});

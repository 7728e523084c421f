import { expect, onTestFinished, test, vi } from "vitest";
import type { ServerFrame } from "#protocol/socket.ts";
import { SharedSocket } from "./shared-socket.ts";
import { LiveSocket, type WebSocketLike } from "./socket.ts";

class Wire implements WebSocketLike {
  onopen: WebSocketLike["onopen"] = null;
  onmessage: WebSocketLike["onmessage"] = null;
  onclose: WebSocketLike["onclose"] = null;
  readonly sent: unknown[] = [];
  closed = false;
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }
  hear(frame: ServerFrame): void {
    this.onmessage?.call(
      this as unknown as WebSocket,
      Object.assign(new Event("message"), { data: JSON.stringify(frame) }) as MessageEvent,
    );
  }
}

/** A tab: its connections, and what it heard over them or from other tabs. */
class Tab {
  readonly wires: Wire[] = [];
  readonly heard: ServerFrame[] = [];
  now = 0;
  /** Runs what the tab waits for. */
  patience: () => void = () => {};
  readonly socket: SharedSocket;

  constructor(name: string) {
    const live = new LiveSocket({
      open: () => {
        const wire = new Wire();
        this.wires.push(wire);
        return wire;
      },
      token: async () => "token",
      refresh: async () => {},
      isPassing: () => true,
      now: () => 0,
      random: () => 1,
      after: () => () => {},
    });
    this.socket = new SharedSocket({
      socket: live,
      locks: navigator.locks,
      now: () => this.now,
      after: (_milliseconds, task) => {
        this.patience = task;
        return () => (this.patience = () => {});
      },
    });
    this.socket.onFrame = (frame) => this.heard.push(frame);
    this.socket.start(name);
    onTestFinished(() => this.socket.stop());
  }

  /** Waits for a connection of this tab, and opens it. */
  async connect(): Promise<Wire> {
    const wire = await vi.waitFor(() => {
      const last = this.wires.at(-1);
      if (last === undefined || last.closed) throw new Error("no connection");
      return last;
    });
    wire.open();
    return wire;
  }
}

const hello: ServerFrame = { type: "hello", generation: "g", number: 1, time: "2026-01-01T10:00:00.000Z" };
const present: ServerFrame = {
  type: "presence",
  people: [{ personId: "p", state: "online", status: null }],
};

test("a tab that comes later hears what the first one was told at the beginning", async () => {
  const first = new Tab("story");
  const wire = await first.connect();
  wire.hear(hello);
  wire.hear(present);
  first.now = 90_000;
  const second = new Tab("story");
  await vi.waitFor(() =>
    expect(second.heard).toEqual([{ ...hello, time: "2026-01-01T10:01:30.000Z" }, present]),
  );
  expect(second.socket.state.value).toEqual({ kind: "open" });
  wire.hear({ type: "typing", conversationId: "c", personId: "p" });
  await vi.waitFor(() => expect(second.heard).toHaveLength(3));
  expect(first.heard.slice(1)).toEqual(second.heard.slice(1));
  expect(second.wires).toEqual([]);
});

test("the person is away only when they are away from every tab", async () => {
  const first = new Tab("activity");
  const wire = await first.connect();
  const second = new Tab("activity");
  await vi.waitFor(() => expect(second.socket.state.value.kind).toBe("open"));
  second.socket.send({ type: "activity", state: "active" });
  await vi.waitFor(() => expect(wire.sent).toHaveLength(1));
  first.socket.send({ type: "activity", state: "idle" });
  expect(wire.sent).toEqual([{ type: "activity", state: "active" }]);
  second.socket.leave();
  await vi.waitFor(() => expect(wire.sent).toHaveLength(2));
  expect(wire.sent[1]).toEqual({ type: "activity", state: "idle" });
});

test("when the tab that has the connection stops, the next one connects", async () => {
  const first = new Tab("heir");
  const wire = await first.connect();
  const second = new Tab("heir");
  await vi.waitFor(() => expect(second.socket.state.value.kind).toBe("open"));
  first.socket.stop();
  expect(wire.closed).toBe(true);
  const next = await second.connect();
  next.hear(hello);
  expect(second.heard.at(-1)).toEqual(hello);
  expect(second.socket.leads).toBe(true);
});

test("a tab that does not answer loses the connection, and follows when it is awake again", async () => {
  const first = new Tab("asleep");
  const wire = await first.connect();
  const second = new Tab("asleep");
  await vi.waitFor(() => expect(second.socket.state.value.kind).toBe("open"));
  second.socket.tryNow();
  // The system has put the first one to sleep: no answer comes in time.
  second.patience();
  const taken = await second.connect();
  await vi.waitFor(() => expect(wire.closed).toBe(true));
  await vi.waitFor(() => expect(first.socket.leads).toBe(false));
  taken.hear(hello);
  await vi.waitFor(() => expect(first.heard.at(-1)).toEqual(hello));
});

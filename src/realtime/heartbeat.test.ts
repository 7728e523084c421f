import { expect, onTestFinished, test, vi } from "vitest";
import { startHeartbeat } from "./heartbeat.ts";

test("each socket is pinged every 25 seconds, few at a time, and cut when it did not answer the last ping", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const heartbeat = startHeartbeat();
  const [pinged, cut]: [number[], number[]] = [[], []];
  const [deaf, removed] = [7, 8];
  const sockets = Array.from({ length: 1000 }, (_, n) => {
    const listeners: (() => void)[] = [];
    const ping = () => {
      pinged.push(n);
      if (n !== deaf) for (const pong of listeners) pong();
    };
    return {
      ping,
      terminate: () => cut.push(n),
      on: (_event: "pong", pong: () => void) => listeners.push(pong),
    };
  });
  for (const socket of sockets) heartbeat.add(socket);
  heartbeat.remove(sockets[removed]!);
  const expected = sockets.map((_, n) => n).filter((n) => n !== removed);
  let most = 0;
  for (let part = 0; part < 100; part += 1) {
    const before = pinged.length;
    vi.advanceTimersByTime(250);
    most = Math.max(most, pinged.length - before);
  }
  expect(pinged.toSorted((a, b) => a - b)).toEqual(expected);
  expect(most).toBe(10);
  expect(cut).toEqual([]);
  vi.advanceTimersByTime(25_000);
  expect(cut).toEqual([deaf]);
  heartbeat.stop();
  vi.advanceTimersByTime(25_000);
  expect(pinged).toHaveLength(2 * expected.length - 1);
});

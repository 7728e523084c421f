/** A socket that did not answer its last ping is dead at the next one. */
const PING_MS = 25_000;
/** In how many groups they are pinged, one after the other: ten thousand at once would hold up everything else. */
const GROUPS = 100;

/** What the heartbeat needs of a WebSocket (`ws`). */
export interface Pulse {
  ping(): void;
  terminate(): void;
  on(event: "pong", listener: () => void): unknown;
}

export interface Heartbeat {
  /** Pings a socket every 25 s from now on, and cuts it when it did not answer the last time. */
  add(socket: Pulse): void;
  remove(socket: Pulse): void;
  stop(): void;
}

/** Starts to find out which sockets live. */
export function startHeartbeat(): Heartbeat {
  const alive = new WeakSet<Pulse>();
  const groups = Array.from({ length: GROUPS }, () => new Set<Pulse>());
  const groupOf = new WeakMap<Pulse, Set<Pulse>>();
  let [added, beats] = [0, 0];
  const timer = setInterval(() => {
    for (const socket of groups[beats++ % GROUPS]!) {
      if (alive.delete(socket)) socket.ping();
      else socket.terminate();
    }
  }, PING_MS / GROUPS).unref();
  return {
    add: (socket) => {
      groupOf.set(socket, groups[added++ % GROUPS]!.add(socket));
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
    },
    remove: (socket) => void groupOf.get(socket)?.delete(socket),
    stop: () => clearInterval(timer),
  };
}

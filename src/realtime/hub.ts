import type { PersonId } from "#lib/ids.ts";
import { closeCodes } from "#protocol/socket.ts";
import { type Pulse, startHeartbeat } from "./heartbeat.ts";

/** Bytes that may wait for a slow reader before it is sent away to come back and catch up. */
const QUEUE_BYTES = 1024 * 1024;
/** Sockets of one person at a time. */
export const SOCKETS_PER_PERSON = 20;
/** How long a closed socket may take to say goodbye before it is cut. */
const GOODBYE_MS = 5_000;

/** What the hub needs of a WebSocket. */
export interface Wire extends Pulse {
  readonly bufferedAmount: number;
  /** Writes a frame that is ready for the wire. */
  write(frame: Uint8Array): void;
  close(code: number, reason?: string): void;
}

/** One live socket of one session. */
export interface Connection {
  readonly personId: PersonId;
  readonly sessionId: string;
  readonly wire: Wire;
}

/** The sockets of this node, by person. */
export interface Hub {
  /** Lets a socket in; false when the person has too many. */
  add(connection: Connection): boolean;
  remove(connection: Connection): void;
  /** Whether any of these people listens here; if not, nothing need be loaded for them. */
  listens(personIds: readonly string[]): boolean;
  /** Writes one frame, serialised once, to every socket of these people. */
  send(personIds: Iterable<string>, frame: Uint8Array): void;
  closeSession(personId: string, sessionId: string): void;
  close(connection: Connection, code: number): void;
  /** Asks these people's sessions to come back and catch up. */
  closePeople(personIds: Iterable<string>): void;
  /** Asks everybody to come back and catch up. */
  closeAll(): void;
  /** The same, for good. */
  stop(): void;
  readonly size: number;
}

/** Makes the registry of this node's sockets and starts its heartbeat. */
export function createHub(): Hub {
  const people = new Map<string, Set<Connection>>();
  const heartbeat = startHeartbeat();
  let size = 0;

  /** Whether it was there: one that is on its way out is not sent out again, whatever still comes of it. */
  const remove = (connection: Connection): boolean => {
    const sockets = people.get(connection.personId);
    if (sockets?.delete(connection) !== true) return false;
    size -= 1;
    heartbeat.remove(connection.wire);
    if (sockets.size === 0) people.delete(connection.personId);
    return true;
  };
  const close = (connection: Connection, code: number): void => {
    if (!remove(connection)) return;
    connection.wire.close(code);
    setTimeout(() => connection.wire.terminate(), GOODBYE_MS).unref();
  };
  const each = (visit: (connection: Connection) => void): void => {
    for (const sockets of [...people.values()]) for (const connection of [...sockets]) visit(connection);
  };
  const closeAll = (): void => each((connection) => close(connection, closeCodes.restart));

  return {
    add: (connection) => {
      const sockets = people.get(connection.personId) ?? new Set();
      if (sockets.size >= SOCKETS_PER_PERSON) return false;
      people.set(connection.personId, sockets.add(connection));
      size += 1;
      heartbeat.add(connection.wire);
      return true;
    },
    remove: (connection) => void remove(connection),
    listens: (personIds) => personIds.some((id) => people.has(id)),
    send: (personIds, frame) => {
      for (const id of personIds) {
        for (const connection of people.get(id) ?? []) {
          if (connection.wire.bufferedAmount > QUEUE_BYTES) close(connection, closeCodes.slow);
          else connection.wire.write(frame);
        }
      }
    },
    closeSession: (personId, sessionId) => {
      const ended = [...(people.get(personId) ?? [])].filter((socket) => socket.sessionId === sessionId);
      for (const connection of ended) close(connection, closeCodes.unauthorized);
    },
    close,
    closePeople: (personIds) => {
      const missed = [...personIds].flatMap((id) => [...(people.get(id) ?? [])]);
      for (const connection of missed) close(connection, closeCodes.restart);
    },
    closeAll,
    stop: () => {
      heartbeat.stop();
      closeAll();
    },
    get size() {
      return size;
    },
  };
}

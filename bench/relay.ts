import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";

/** What the floor and the prototype are sent. */
export interface Incoming {
  /** The name of the recipient. */
  readonly to: string;
  readonly conversation: string;
  readonly key: string;
  readonly text: string;
}

/** What they tell the recipient. */
export interface Outgoing {
  readonly conversation: string;
  readonly key: string;
  readonly position: number;
  readonly text: string;
}

/** What they tell the sender: this message is done. */
export interface Ack {
  readonly ack: string;
}

/** Reads a frame; `ws` gives each as one Buffer unless told otherwise. */
export function readFrame<Frame>(data: RawData): Frame {
  return JSON.parse((data as Buffer).toString()) as Frame;
}

/** The sockets of a server that believes everybody: `/?person=NAME`. */
export function createPeople() {
  const people = new Map<string, Set<WebSocket>>();
  return {
    add(request: IncomingMessage, socket: WebSocket): void {
      const name = new URL(request.url ?? "/", "ws://localhost").searchParams.get("person") ?? "";
      people.set(name, (people.get(name) ?? new Set()).add(socket));
      socket.on("close", () => people.get(name)?.delete(socket));
    },
    /** Serialises once, however many sockets get it. */
    send(name: string, frame: Outgoing): void {
      const bytes = Buffer.from(JSON.stringify(frame));
      for (const socket of people.get(name) ?? []) socket.send(bytes, { binary: false });
    },
  };
}

import type { Writable } from "node:stream";
import type { WebSocket } from "ws";
import type { Wire } from "./hub.ts";

/**
 * Makes of a WebSocket, and of the stream below it, what frames are written to that are ready for the wire. `ws` makes a
 * head for each socket and writes it apart; it compresses nothing here, so what it writes itself never waits behind ours.
 */
export function createWire(socket: WebSocket, stream: Writable): Wire {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    write: (frame) => {
      if (socket.readyState === socket.OPEN) stream.write(frame);
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    ping: () => socket.ping(),
    on: (event, listener) => socket.on(event, listener),
  };
}

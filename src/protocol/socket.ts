import type { Change } from "./changes.ts";
import type { Presence } from "./types.ts";

/** The subprotocol that the server selects; the token is offered beside it and never echoed. */
export const SOCKET_PROTOCOL = "chat.v1";
/** Prefix of the offered subprotocol that carries the bearer token. */
export const BEARER_PREFIX = "bearer.";

/** Why the server closed a socket (RFC 6455 section 7.4; 4000-4999 are ours). */
export const closeCodes = {
  /** The server restarts: come back. */
  restart: 1012,
  /** The client read too slowly: come back and resync. */
  slow: 1013,
  /** A frame was not understood. */
  policy: 1008,
  /** The token was revoked or ran out: refresh it or sign in. */
  unauthorized: 4401,
} as const;

/** First frame after the upgrade: where the server stands. */
export interface Hello {
  type: "hello";
  /** A new value means that the server's past changed: start afresh. */
  generation: string;
  /** The person's own number at this moment. */
  number: number;
  /** What time it is there: a client whose clock is wrong goes by this one. */
  time: string;
}

/** Somebody else is writing: shown for five seconds, unless it comes again or their message does. */
export interface Typing {
  type: "typing";
  conversationId: string;
  personId: string;
}

/** Who is there; after `hello`, everybody whom the viewer may see and who is not offline, if there is anybody. */
export interface PresenceFrame {
  type: "presence";
  people: Presence[];
}

/** What is never stored and takes no number: a frame that is lost is made good by the next. */
export type SignalFrame = Typing | PresenceFrame;

/** Tells such a frame from one that belongs to the state of the conversations. */
export function isSignal(frame: ServerFrame): frame is SignalFrame {
  return frame.type === "typing" || frame.type === "presence";
}

export type ServerFrame = Hello | Change | SignalFrame;

/** Replaces the token of a live socket before the old one runs out. */
export interface Renew {
  type: "renew";
  token: string;
}

/** The person writes in a conversation; sent every three seconds at most, and what comes faster is passed over. */
export interface ClientTyping {
  type: "typing";
  conversationId: string;
}

/** Whether the person is at this device; without a word for ten minutes they are taken for idle. */
export interface Activity {
  type: "activity";
  state: "active" | "idle";
}

export type ClientFrame = Renew | ClientTyping | Activity;

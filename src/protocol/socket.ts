import type { Change } from "./changes.ts";

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
}

export type ServerFrame = Hello | Change;

/** Replaces the token of a live socket before the old one runs out. */
export interface Renew {
  type: "renew";
  token: string;
}

export type ClientFrame = Renew;

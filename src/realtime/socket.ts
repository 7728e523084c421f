import { upgradeWebSocket } from "@hono/node-server";
import { Hono } from "hono";
import { WebSocketServer, type WebSocket } from "ws";
import type { Context } from "#domain/context.ts";
import { readGeneration, readNumber } from "#domain/sync.ts";
import { authenticate, type Bearer } from "#domain/tokens.ts";
import { log } from "#lib/log.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import { Refusal } from "#lib/refusal.ts";
import { BEARER_PREFIX, closeCodes, SOCKET_PROTOCOL, type Renew } from "#protocol/socket.ts";
import { SOCKETS_PER_PERSON, type Connection, type Hub } from "./hub.ts";
import { encodeFrame } from "./push.ts";

/** Largest frame that a client may send, in bytes. */
const FRAME_BYTES = 64 * 1024;
/** More than this many frames of a client are no conversation. */
const FRAMES = { limit: 60, windowMs: 3_000 };
/** `setTimeout` counts no further than 2^31 - 1 milliseconds. */
const TIMER_MS = 2 ** 31 - 1;

/** Makes the WebSocket server that `serve` upgrades with: small frames, no deflate, never the token echoed. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
}

interface Live {
  connection: Connection;
  frames: RateLimit;
  expiry: NodeJS.Timeout | undefined;
}

/** The live socket: the token travels as an offered subprotocol and is judged before the upgrade. */
export function socketRoutes(ctx: Context, hub: Hub) {
  const app = new Hono<{ Variables: { bearer: Bearer & { token: string } } }>();
  app.use("/socket", async (c, next) => {
    const origin = c.req.header("Origin");
    if (origin !== undefined && origin !== ctx.settings.origin) return c.body(null, 403);
    const offered = (c.req.header("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
    const token = offered.find((name) => name.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length);
    if (token === undefined || !offered.includes(SOCKET_PROTOCOL)) return c.body(null, 401);
    try {
      c.set("bearer", { ...(await authenticate(ctx, token)), token });
    } catch (error) {
      if (error instanceof Refusal) return c.body(null, 401);
      throw error;
    }
    return await next();
  });
  app.get(
    "/socket",
    upgradeWebSocket(async (c) => {
      const { bearer } = c.var;
      const [generation, number] = await Promise.all([readGeneration(ctx), readNumber(ctx, bearer.personId)]);
      const hello = encodeFrame({ type: "hello", generation, number });
      let live: Live | null = null;
      return {
        onOpen: (_, { raw }) => {
          live = open({ ctx, hub }, raw as WebSocket, bearer);
          if (live === null) return;
          live.connection.wire.send(hello, { binary: false, compress: false });
          void stillValid({ ctx, hub }, live, bearer.token);
        },
        onMessage: ({ data }) => {
          if (live !== null) void receive({ ctx, hub }, live, String(data));
        },
        onClose: () => {
          if (live === null) return;
          clearTimeout(live.expiry);
          hub.remove(live.connection);
        },
      };
    }),
  );
  return app;
}

interface Place {
  ctx: Context;
  hub: Hub;
}

function open(place: Place, wire: WebSocket, bearer: Bearer): Live | null {
  const connection = { personId: bearer.personId, sessionId: bearer.sessionId, wire };
  if (!place.hub.add(connection)) {
    wire.close(closeCodes.policy, `at most ${SOCKETS_PER_PERSON} sockets`);
    return null;
  }
  const frames = new RateLimit({ ...FRAMES, keys: 1, now: () => place.ctx.now().getTime() });
  const live: Live = { connection, frames, expiry: undefined };
  expireAt(place, live, bearer.expiresAt);
  return live;
}

/** A token revoked between its check and now was told to nobody yet: look once more. */
async function stillValid({ ctx, hub }: Place, { connection }: Live, token: string): Promise<void> {
  try {
    await authenticate(ctx, token);
  } catch (error) {
    if (error instanceof Refusal) return hub.close(connection, closeCodes.unauthorized);
    log("realtime").error("a socket could not be checked", { sessionId: connection.sessionId, error });
    hub.close(connection, closeCodes.restart);
  }
}

/** Closes the socket when its token runs out, unless a newer one is given before. */
function expireAt({ ctx, hub }: Place, live: Live, at: Date | null): void {
  clearTimeout(live.expiry);
  if (at === null) return;
  const ms = Math.min(Math.max(at.getTime() - ctx.now().getTime(), 0), TIMER_MS);
  live.expiry = setTimeout(() => hub.close(live.connection, closeCodes.unauthorized), ms).unref();
}

/** Takes a newer token of the same session; anything else ends the socket. */
async function receive(place: Place, live: Live, text: string): Promise<void> {
  const { connection } = live;
  try {
    const frame = live.frames.take("") === undefined ? parseFrame(text) : null;
    if (frame === null) return place.hub.close(connection, closeCodes.policy);
    const bearer = await authenticate(place.ctx, frame.token);
    if (bearer.sessionId !== connection.sessionId)
      return place.hub.close(connection, closeCodes.unauthorized);
    expireAt(place, live, bearer.expiresAt);
  } catch (error) {
    if (error instanceof Refusal) return place.hub.close(connection, closeCodes.unauthorized);
    log("realtime").error("a frame could not be handled", { sessionId: connection.sessionId, error });
    place.hub.close(connection, closeCodes.restart);
  }
}

function parseFrame(text: string): Renew | null {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame !== "object" || frame === null) return null;
    const { type, token } = frame as Record<string, unknown>;
    return type === "renew" && typeof token === "string" ? { type, token } : null;
  } catch {
    return null;
  }
}

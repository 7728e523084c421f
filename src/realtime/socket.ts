import { upgradeWebSocket, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { WebSocketServer, type WebSocket } from "ws";
import type { Context } from "#domain/context.ts";
import { signalTyping } from "#domain/signals.ts";
import { readGeneration, readNumber } from "#domain/sync.ts";
import { deviceFrom } from "#domain/open-session.ts";
import { authenticate, type Bearer } from "#domain/tokens.ts";
import { log } from "#lib/log.ts";
import { isId } from "#lib/ids.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import { Refusal } from "#lib/refusal.ts";
import { covers } from "#lib/scopes.ts";
import { BEARER_PREFIX, closeCodes, SOCKET_PROTOCOL, type ClientFrame } from "#protocol/socket.ts";
import { encodeFrame } from "./frame.ts";
import { SOCKETS_PER_PERSON, type Connection, type Hub, type Wire } from "./hub.ts";
import type { Presence } from "./presence.ts";
import { greet } from "./push-presence.ts";
import { createWire } from "./wire.ts";

/** Largest frame that a client may send, in bytes. */
const FRAME_BYTES = 64 * 1024;
/** No client of ours cuts a frame; a proxy may, into a few. */
const FRAGMENTS = 16;
/** Packets in which the largest frame may come at most, however small they are. */
const CHUNKS = 1_024;
/** More than this many frames of a client are no conversation; its pings count, for each is answered. */
const FRAMES = { limit: 60, windowMs: 3_000 };
/** Who writes says so every three seconds; whoever's clock is a little fast is not passed over. */
const TYPING = { limit: 1, windowMs: 2_500, keys: 20_000 };
/** `setTimeout` counts no further than 2^31 - 1 milliseconds. */
const TIMER_MS = 2 ** 31 - 1;

/** Makes the WebSocket server that `serve` upgrades with: small frames, no deflate, never the token echoed. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES,
    maxFragments: FRAGMENTS,
    maxBufferedChunks: CHUNKS,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
}

interface Live {
  connection: Connection;
  /** Whether it may show that its person writes. */
  mayWrite: boolean;
  frames: RateLimit;
  expiry: NodeJS.Timeout | undefined;
}

/** What a socket knows of its caller; where they are is found out before it. */
interface SocketVariables {
  bearer: Bearer & { token: string };
  from: { readonly address: string };
}

/** The live socket: the token travels as an offered subprotocol and is judged before the upgrade. */
export function socketRoutes(parts: Omit<Place, "typing">) {
  const { ctx, hub, presence } = parts;
  const place: Place = { ...parts, typing: new RateLimit({ ...TYPING, now: () => ctx.now().getTime() }) };
  const app = new Hono<{ Bindings: HttpBindings; Variables: SocketVariables }>();
  app.use("/socket", async (c, next) => {
    const origin = c.req.header("Origin");
    if (origin !== undefined && origin !== ctx.settings.origin) return c.body(null, 403);
    const offered = (c.req.header("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
    const token = offered.find((name) => name.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length);
    if (token === undefined || !offered.includes(SOCKET_PROTOCOL)) return c.body(null, 401);
    try {
      const bearer = await authenticate(
        ctx,
        token,
        deviceFrom(c.req.header("User-Agent"), c.var.from.address),
      );
      if (!allows(bearer, "chat:read")) return c.body(null, 403);
      c.set("bearer", { ...bearer, token });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return c.body(null, isPassing(error) ? 503 : 401);
    }
    return await next();
  });
  app.get(
    "/socket",
    upgradeWebSocket(async (c) => {
      const { bearer } = c.var;
      const [generation, number] = await Promise.all([readGeneration(ctx), readNumber(ctx, bearer.personId)]);
      let live: Live | null = null;
      return {
        onOpen: (_, { raw }) => {
          const opened = open(place, createWire(raw as WebSocket, c.env.incoming.socket), bearer);
          if (opened === null) return;
          live = opened;
          (raw as WebSocket).on("ping", () => {
            if (isTooMuch(opened)) hub.close(opened.connection, closeCodes.policy);
          });
          const time = ctx.now().toISOString();
          live.connection.wire.write(encodeFrame({ type: "hello", generation, number, time }));
          void settle(place, live, bearer.token);
        },
        onMessage: ({ data }) => {
          if (live !== null) void receive(place, live, String(data));
        },
        onClose: () => {
          if (live === null) return;
          clearTimeout(live.expiry);
          hub.remove(live.connection);
          presence.close(live.connection);
        },
      };
    }),
  );
  return app;
}

/** Who would have to say whether a token holds cannot be asked now, or too many came at once: the same one may hold in a moment. */
function isPassing({ code }: Refusal): boolean {
  return code === "provider_unreachable" || code === "too_many";
}

function allows({ scopes }: Bearer, scope: string): boolean {
  return scopes === null || covers(scopes, scope);
}

interface Place {
  ctx: Context;
  hub: Hub;
  presence: Presence;
  /** How often somebody says that they write, by person and conversation. */
  typing: RateLimit;
}

function open(place: Place, wire: Wire, bearer: Bearer): Live | null {
  const connection = { personId: bearer.personId, sessionId: bearer.sessionId, wire };
  if (!place.hub.add(connection)) {
    wire.close(closeCodes.policy, `at most ${SOCKETS_PER_PERSON} sockets`);
    return null;
  }
  place.presence.open(connection);
  const frames = new RateLimit({ ...FRAMES, keys: 1, now: () => place.ctx.now().getTime() });
  const mayWrite = allows(bearer, "chat:write");
  const live: Live = { connection, mayWrite, frames, expiry: undefined };
  expireAt(place, live, bearer.expiresAt);
  return live;
}

/** A token revoked between its check and now was told to nobody yet: look once more. Then show who is there. */
async function settle(place: Place, { connection }: Live, token: string): Promise<void> {
  const { ctx, hub } = place;
  try {
    await authenticate(ctx, token);
    await greet(place, connection);
  } catch (error) {
    if (error instanceof Refusal && !isPassing(error)) return hub.close(connection, closeCodes.unauthorized);
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

/** Counts a frame of a client; whether that is one too many. */
function isTooMuch({ frames }: Live): boolean {
  return frames.take("") !== undefined;
}

/** Takes a frame of a client; what is none ends the socket. */
async function receive(place: Place, live: Live, text: string): Promise<void> {
  const { connection } = live;
  try {
    const frame = isTooMuch(live) ? null : parseFrame(text);
    if (frame === null) return place.hub.close(connection, closeCodes.policy);
    if (frame.type === "renew") await renew(place, live, frame.token);
    else if (frame.type === "activity") place.presence.act(connection, frame.state);
    else if (live.mayWrite) await hearTyping(place, connection, frame.conversationId);
  } catch (error) {
    if (error instanceof Refusal && !isPassing(error))
      return place.hub.close(connection, closeCodes.unauthorized);
    log("realtime").error("a frame could not be handled", { sessionId: connection.sessionId, error });
    place.hub.close(connection, closeCodes.restart);
  }
}

/** Takes a newer token, of the same session only. */
async function renew(place: Place, live: Live, token: string): Promise<void> {
  const bearer = await authenticate(place.ctx, token);
  if (bearer.sessionId === live.connection.sessionId) expireAt(place, live, bearer.expiresAt);
  else place.hub.close(live.connection, closeCodes.unauthorized);
}

async function hearTyping(place: Place, connection: Connection, conversationId: string): Promise<void> {
  const { personId } = connection;
  place.presence.act(connection, "active");
  if (!isId<"conversation">(conversationId)) return;
  if (place.typing.take(`${personId} ${conversationId}`) !== undefined) return;
  await signalTyping(place.ctx, { personId, conversationId });
}

function parseFrame(text: string): ClientFrame | null {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame !== "object" || frame === null) return null;
    const { type, token, conversationId, state } = frame as Record<string, unknown>;
    if (type === "renew" && typeof token === "string") return { type, token };
    if (type === "typing" && typeof conversationId === "string") return { type, conversationId };
    if (type === "activity" && (state === "active" || state === "idle")) return { type, state };
    return null;
  } catch {
    return null;
  }
}

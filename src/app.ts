import type { HttpBindings } from "@hono/node-server";
import type { WebSocketServer } from "ws";
import type { Config } from "./config.ts";
import type { Connection } from "#db/connect.ts";
import { listen, notify } from "#db/notify.ts";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { openWorkerLocks } from "#db/workers.ts";
import type { Context } from "#domain/context.ts";
import type { DomainEvent } from "#domain/events.ts";
import { forgetBearers } from "#domain/known-bearers.ts";
import { instanceActor } from "#domain/people.ts";
import { forgetSigningKeys } from "#domain/keys.ts";
import { forgetKnown } from "#domain/known.ts";
import { checkGeneration, readGeneration } from "#domain/sync.ts";
import type { Signal } from "#domain/signals.ts";
import { runEffects } from "#effects/index.ts";
import type { Node } from "#effects/node.ts";
import { startPresenceBeat } from "#effects/presence-beat.ts";
import { runSignal } from "#effects/signals.ts";
import { createIndexing } from "#jobs/indexing.ts";
import { prepareJobs, startJobs, type Jobs } from "#jobs/start.ts";
import { assembleFederation, type Federation } from "#federation/assemble.ts";
import { createEgress } from "#lib/egress.ts";
import { createFailpoint } from "#lib/failpoint.ts";
import { log } from "#lib/log.ts";
import { createSecretBox } from "#lib/secret-box.ts";
import { joinBus, packEvents, type Bus, type Transport } from "#realtime/bus.ts";
import { createHub } from "#realtime/hub.ts";
import { Presence } from "#realtime/presence.ts";
import { createSocketServer } from "#realtime/socket.ts";
import { mount } from "./mount.ts";

/** What the roots hand to everything else. */
export interface Parts {
  readonly config: Pick<
    Config,
    | "origin"
    | "registration"
    | "mail"
    | "federation"
    | "requests"
    | "handles"
    | "limits"
    | "messageGraphemes"
    | "accountGraceDays"
    | "role"
    | "allowPrivateAddresses"
    | "trustedProxies"
    | "failpoint"
  >;
  readonly connection: Connection;
  readonly secretKey: Uint8Array;
  readonly version: string;
}

/** One process of the server. */
export interface App {
  readonly ctx: Context;
  /** Answers one HTTP request. */
  readonly fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>;
  /** Every route of every door, as the router knows it: so that no test leaves one out. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** For `serve`, which upgrades with it. */
  readonly sockets: WebSocketServer;
  /** Begins to deliver, where this process's role says so. */
  start(): Promise<void>;
  /** Sends sockets away with the word to come back, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Makes the context of a process that serves nobody, like a command: what it does is told to those that do. */
export function createContext(
  parts: Parts,
  told?: Pick<Context, "committed" | "uncertain" | "signal">,
): Context {
  const { config, connection, version } = parts;
  const { origin, registration, federation, requests, handles, limits, messageGraphemes, accountGraceDays } =
    config;
  const tell = async (events: readonly DomainEvent[]): Promise<void> => {
    for (const text of packEvents(crypto.randomUUID(), events)) await notify(connection.sql, text);
  };
  return {
    db: connection.db,
    now: () => new Date(),
    settings: {
      origin,
      host: new URL(origin).host,
      registration,
      mails: config.mail !== undefined,
      federation,
      requests,
      handles,
      limits,
      messageGraphemes,
      accountGraceDays,
      version,
    },
    secrets: createSecretBox(parts.secretKey),
    egress: createEgress({
      allowPrivateAddresses: config.allowPrivateAddresses,
      ownHosts: [new URL(origin).host],
      userAgent: `Luciole/${version} (+${origin})`,
    }),
    committed: told?.committed ?? ((events) => void tell(events).catch(logLost)),
    uncertain: told?.uncertain ?? (() => {}),
    signal: told?.signal ?? (() => {}),
    failpoint: createFailpoint(config.failpoint),
  };
}

/** Builds one process of the server: joins the other nodes, opens the way out, mounts every door. */
export async function createApp(parts: Parts & { webFolder: string }): Promise<App> {
  const { config, connection, webFolder } = parts;
  const hub = createHub();
  let bus: Bus | null = null;
  let jobs: Jobs | null = null;
  let endBeat = (): void => {};
  /** Whoever may have missed a change comes back and catches up with what is true. */
  const resync = (events: readonly DomainEvent[]): void => hub.closePeople(events.flatMap(concerned));
  const signal = (told: Signal): void => bus?.publish([told]);
  const ctx = createContext(parts, {
    committed: (events) => bus?.publish(events),
    uncertain: resync,
    signal,
  });
  const name = crypto.randomUUID();
  const presence = new Presence({ node: name, now: () => ctx.now().getTime(), signal });
  const federation = assembleFederation(ctx, {
    egress: ctx.egress,
    keys: createRemoteKeyStore(connection.db),
  });
  const outward = config.role === "web" ? null : federation;
  const indexing = config.role === "web" ? null : createIndexing(ctx);
  const node: Node = {
    ctx,
    hub,
    presence,
    abroad: federation.signalsOut,
    lanes: outward?.lanes ?? null,
    servers: outward?.servers ?? null,
    indexing,
  };
  bus = await joinNodes(node, { connection, resync });
  await checkGeneration(ctx);
  await Promise.all([readGeneration(ctx), instanceActor(ctx)]);
  const { trustedProxies } = config;
  const http = mount({ ctx, federation, hub, presence, webFolder, trustedProxies });
  return {
    ctx,
    fetch: (request, env) => http.fetch(request, env),
    routes: http.routes,
    sockets: createSocketServer(),
    start: async () => {
      endBeat = startPresenceBeat(node, name);
      if (outward === null) return config.mail && (await prepareJobs(connection.url));
      for (const worker of [outward.lanes, outward.follower, indexing]) worker?.start();
      const openLocks = () => openWorkerLocks(connection);
      jobs = await startJobs(ctx, {
        url: connection.url,
        openLocks,
        mail: config.mail,
        settleDoubts: outward.settleDoubts,
      });
    },
    stop: async () => {
      endBeat();
      await Promise.all([stop({ node, jobs, bus, follower: federation.follower }), indexing?.stop()]);
    },
  };
}

/** Hears what the nodes of this server tell each other, and runs what follows. */
async function joinNodes(
  node: Node,
  { connection, resync }: { connection: Connection; resync: (events: readonly DomainEvent[]) => void },
): Promise<Bus> {
  return await joinBus({
    transport: transportOf(connection),
    handle: (told, isOwn) =>
      "signal" in told ? runSignal(node, told, isOwn) : runEffects(node, told, isOwn),
    resumed: () => {
      node.hub.closeAll();
      forgetBearers(node.ctx);
      forgetKnown(node.ctx);
      forgetSigningKeys(node.ctx);
      node.ctx.signal({ signal: "joined" });
    },
    failed: (error, told) => {
      const type = told === null ? "bus" : "signal" in told ? told.signal : told.name;
      log("effects").error("an effect failed", { type, error });
      if (told !== null && "name" in told) resync([told]);
    },
  });
}

/** The people of this server whose sessions an event is shown to. */
function concerned(event: DomainEvent): string[] {
  if ("to" in event) return event.to;
  return "personId" in event ? [event.personId] : [];
}

interface Live {
  node: Node;
  jobs: Jobs | null;
  bus: Bus | null;
  follower: Federation["follower"];
}

async function stop({ node, ...parts }: Live): Promise<void> {
  node.presence.stop();
  node.hub.stop();
  node.abroad?.stop();
  await Promise.all([node.lanes?.stop(), parts.jobs?.stop(), parts.follower.stop()]);
  await parts.bus?.flush();
  await node.ctx.egress.close();
}

function transportOf({ sql }: Connection): Transport {
  return { send: (text) => notify(sql, text), listen: (hear, resumed) => listen(sql, hear, resumed) };
}

function logLost(error: unknown): void {
  log("effects").error("other processes could not be told", { error });
}

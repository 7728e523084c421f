import { expect, onTestFinished } from "vitest";
import { configureLogs } from "#lib/log.ts";
import type { ConversationPage, MessagePage } from "#protocol/api.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import type { Message } from "#protocol/types.ts";
import { HostilePeer } from "../hostile-peer.ts";
import { type AppOptions, startApp, type TestApp, type TestSocket } from "./app.ts";
import { watchConnections } from "./connections.ts";
import { serveActor, type HostileActor } from "./hostile-actor.ts";
import { sha256, signCavage, type Sendable } from "./hostile-signing.ts";
import { sendRaw, type Outcome } from "./send-raw.ts";
import { stateHash } from "./state-hash.ts";

export type Activity = Record<string, unknown>;

/** The whole server with ann at a live socket, eve of another server, who signs as she should or not, and vic of a third. */
export interface HostileApp extends TestApp {
  readonly peer: HostilePeer;
  readonly eve: HostileActor;
  readonly victim: HostilePeer;
  readonly vic: HostileActor;
  readonly ann: {
    readonly id: string;
    readonly uri: string;
    readonly token: string;
    readonly socket: TestSocket;
  };
  /** What the server has logged. */
  readonly logged: readonly LogLine[];
  /** A Create of eve's for ann; `object` and `activity` override. */
  create(object?: Activity, activity?: Activity): Activity & { object: Activity };
  /** A POST to ann's inbox that lacks nothing but a signature. */
  unsigned(activity: unknown, headers?: Readonly<Record<string, string>>): Sendable;
  /** The same, signed by eve, or by somebody else. */
  signed(activity: unknown, headers?: Readonly<Record<string, string>>, by?: HostileActor): Sendable;
  send(request: Sendable): Promise<Outcome>;
  /** Says something to ann as a newcomer of eve's server, in every way as it should be; answers the status. */
  say(name: string, content: string): Promise<number>;
  /** Connections that led to none of those who take part: there must be none. */
  readonly strangers: readonly string[];
  /** What ann finds among her requests, conversation by conversation. */
  requests(): Promise<readonly RequestToAnn[]>;
  /** The texts of all of them. */
  texts(): Promise<(string | null)[]>;
  /**
   * Sends requests, each of which is answered with one of the statuses and leaves no trace: no row is another, nobody is
   * connected to but those who are asked for their documents, and no frame reaches ann.
   */
  withstands(attacks: Readonly<Record<string, Sendable>>, expected: Withstood): Promise<void>;
}

export interface RequestToAnn {
  readonly id: string;
  readonly messages: readonly Message[];
}

export interface Withstood {
  readonly status: number | readonly number[];
  /** What may be asked of eve's server and of vic's; by default eve's own document. */
  readonly asked?: readonly string[];
}

export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly reason?: string;
  readonly count?: number;
}

/** By which is known what was said in between, so that nothing else has been told. */
const order = "in order";

/** Starts it; it ends with the test. */
export async function startHostileApp(
  options: Pick<AppOptions, "webFolder" | "limits"> = {},
): Promise<HostileApp> {
  const logged: LogLine[] = [];
  configureLogs({
    level: "debug",
    format: "json",
    write: (line) => logged.push(JSON.parse(line) as LogLine),
  });
  const [peer, victim] = [await HostilePeer.start(), await HostilePeer.start()];
  onTestFinished(async () => void (await Promise.all([peer.close(), victim.close()])));
  const app = await startApp({ ...options, peers: [peer.host, victim.host] });
  const [eve, vic] = [serveActor(peer, "eve"), serveActor(victim, "vic")];
  const { id, token } = await app.person("ann");
  const ann = { id, uri: `${app.origin}/users/${id}`, token, socket: await app.socket(token) };
  const scene = { ...app, peer, eve, victim, vic, ann, logged, ...speech(app, { eve, ann }) };
  const newcomers = { next: 0 };
  const say: HostileApp["say"] = async (name, content) => {
    const by = serveActor(peer, name, eve.keys);
    const to = { id: `${by.id}/notes/1`, attributedTo: by.id, content };
    const activity = scene.create(to, { id: `${by.id}/1`, actor: by.id });
    return (await scene.send(scene.signed(activity, {}, by))).status;
  };
  const attempts = watchConnections();
  /** Somebody new speaks, and ann's socket tells so: answers what else it has told by then. */
  const fence = async (): Promise<readonly unknown[]> => {
    const mark = `${order} ${(newcomers.next += 1)}`;
    expect(await say(`newcomer-${newcomers.next}`, mark)).toBe(202);
    await ann.socket.next((frame) => JSON.stringify(frame).includes(mark));
    return ann.socket.frames.filter((frame) => !showsNobody(frame) && !JSON.stringify(frame).includes(order));
  };
  const strangers = () => attempts.filter((attempt) => !isOpen(scene, attempt));
  const withstands: HostileApp["withstands"] = async (attacks, { status: expected, asked = [eve.path] }) => {
    const told = await fence();
    const before = await stateHash(app.databaseUrl);
    peer.requests.length = victim.requests.length = 0;
    for (const [name, request] of Object.entries(attacks)) {
      const { status } = await scene.send(request);
      expect([expected].flat(), name).toContain(status);
      expect(await stateHash(app.databaseUrl), name).toBe(before);
    }
    const urls = [...peer.requests, ...victim.requests].map(({ url }) => url);
    expect(urls.filter((url) => !asked.includes(url))).toEqual([]);
    expect(strangers()).toEqual([]);
    expect(await fence()).toEqual(told);
  };
  const requests = () => readRequests(scene);
  const texts = async () =>
    (await requests())
      .flatMap(({ messages }) => messages)
      .map(({ body }) => (body !== null && "text" in body ? body.text : null));
  return {
    ...scene,
    say,
    requests,
    texts,
    withstands,
    get strangers() {
      return strangers();
    },
  };
}

/** Presence in which nobody is there: it follows what ann herself did, a while after. */
function showsNobody(frame: ServerFrame): boolean {
  return frame.type === "presence" && frame.people.every(({ state }) => state === "offline");
}

/** Reads what waits for ann in her request box. */
async function readRequests({
  request,
  ann: { token },
}: Pick<HostileApp, "request" | "ann">): Promise<RequestToAnn[]> {
  const list = await request("/api/chat/v1/conversations?state=request", { token });
  return await Promise.all(
    (list.json as ConversationPage).conversations.map(async ({ conversation: { id } }) => {
      const { json } = await request(`/api/chat/v1/conversations/${id}/messages`, { token });
      return { id, messages: (json as MessagePage).messages };
    }),
  );
}

type Scene = Pick<HostileApp, "peer" | "victim" | "origin" | "databaseUrl">;

/** Whether a connection leads to one of those who take part. */
function isOpen({ peer, victim, origin, databaseUrl }: Scene, attempt: string): boolean {
  const open = [peer.origin, victim.origin, origin, databaseUrl].map((url) => new URL(url).port);
  return open.includes(attempt.replace(/^.*:/, ""));
}

/** How eve speaks to ann. */
function speech(
  app: TestApp,
  { eve, ann }: Pick<HostileApp, "eve" | "ann">,
): Pick<HostileApp, "create" | "unsigned" | "signed" | "send"> {
  let notes = 0;
  const unsigned: HostileApp["unsigned"] = (activity, headers = {}) => {
    const body =
      typeof activity === "string" || Buffer.isBuffer(activity) ? activity : JSON.stringify(activity);
    const usual = {
      host: new URL(app.origin).host,
      date: new Date().toUTCString(),
      digest: `SHA-256=${sha256(body)}`,
      "content-type": "application/activity+json",
      "content-length": String(Buffer.byteLength(body)),
    };
    return { method: "POST", target: `/users/${ann.id}/inbox`, body, headers: { ...usual, ...headers } };
  };
  return {
    unsigned,
    create: (object = {}, activity = {}) => {
      const note = `${eve.id}/notes/${(notes += 1)}`;
      const said = { id: note, type: "Note", attributedTo: eve.id, to: [ann.uri], content: "<p>hello</p>" };
      const whole = { ...said, ...object };
      return {
        id: `${note}/create`,
        type: "Create",
        actor: eve.id,
        to: [ann.uri],
        object: whole,
        ...activity,
      };
    },
    signed: (activity, headers, { keyId, keys } = eve) =>
      signCavage(unsigned(activity, headers), { keyId, privateKey: keys.privateKey }),
    send: (request) => sendRaw(app.origin, request),
  };
}

import { onTestFinished } from "vitest";
import { HostilePeer } from "../hostile-peer.ts";
import { startApp, type TestApp, type TestSocket } from "./app.ts";
import { serveActor, type HostileActor } from "./hostile-actor.ts";
import { sha256, signCavage, type Sendable } from "./hostile-signing.ts";
import { sendRaw, type Outcome } from "./send-raw.ts";

/** The whole server with ann at a live socket, and eve of another server, who signs as she should or not. */
export interface HostileApp extends TestApp {
  readonly peer: HostilePeer;
  readonly eve: HostileActor;
  readonly ann: { readonly uri: string; readonly token: string; readonly socket: TestSocket };
  /** A Create of eve's for ann; `object` and `activity` override. */
  create(object?: Record<string, unknown>, activity?: Record<string, unknown>): Record<string, unknown>;
  /** A POST to ann's inbox that lacks nothing but a signature. */
  unsigned(activity: unknown, headers?: Readonly<Record<string, string>>): Sendable;
  /** The same, signed by eve. */
  signed(activity: unknown, headers?: Readonly<Record<string, string>>): Sendable;
  send(request: Sendable): Promise<Outcome>;
  /** Says something to ann as a newcomer of eve's server, in every way as it should be; answers the status. */
  say(name: string, content: string): Promise<number>;
}

/** Starts it; it ends with the test. */
export async function startHostileApp(): Promise<HostileApp> {
  const peer = await HostilePeer.start();
  onTestFinished(() => peer.close());
  const app = await startApp({ peers: [peer.host] });
  const eve = serveActor(peer, "eve");
  const { id, token } = await app.person("ann");
  const ann = { uri: `${app.origin}/users/${id}`, token, socket: await app.socket(token) };
  let notes = 0;
  const unsigned: HostileApp["unsigned"] = (activity, headers = {}) => {
    const body = typeof activity === "string" ? activity : JSON.stringify(activity);
    const usual = {
      host: new URL(app.origin).host,
      date: new Date().toUTCString(),
      digest: `SHA-256=${sha256(body)}`,
      "content-type": "application/activity+json",
      "content-length": String(Buffer.byteLength(body)),
    };
    return { method: "POST", target: `/users/${id}/inbox`, body, headers: { ...usual, ...headers } };
  };
  const create: HostileApp["create"] = (object = {}, activity = {}) => {
    const note = `${eve.id}/notes/${(notes += 1)}`;
    const said = { id: note, type: "Note", attributedTo: eve.id, to: [ann.uri], content: "<p>hello</p>" };
    const whole = { ...said, ...object };
    return { id: `${note}/create`, type: "Create", actor: eve.id, to: [ann.uri], object: whole, ...activity };
  };
  const send: HostileApp["send"] = (request) => sendRaw(app.origin, request);
  return {
    ...app,
    peer,
    eve,
    ann,
    create,
    unsigned,
    signed: (activity, headers) =>
      signCavage(unsigned(activity, headers), { keyId: eve.keyId, privateKey: eve.keys.privateKey }),
    send,
    say: async (name, content) => {
      const { id, keyId, keys } = serveActor(peer, name);
      const activity = create(
        { id: `${id}/notes/1`, attributedTo: id, content },
        { id: `${id}/1`, actor: id },
      );
      return (await send(signCavage(unsigned(activity), { keyId, privateKey: keys.privateKey }))).status;
    },
  };
}

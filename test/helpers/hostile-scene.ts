import { HostilePeer } from "../hostile-peer.ts";
import { GuardedInbox, type GuardedInboxOptions } from "./guarded-inbox.ts";
import { serveActor, type HostileActor } from "./hostile-actor.ts";
import { sha256, signCavage, signRfc9421, type Sendable, type Signing } from "./hostile-signing.ts";
import type { KeyPair } from "./keys.ts";

/** Eve on a hostile server, vic on an honest one, and an inbox between them that trusts neither. */
export class HostileScene {
  readonly evil: HostilePeer;
  readonly victim: HostilePeer;
  readonly eve: HostileActor;
  readonly vic: HostileActor;
  #inbox: GuardedInbox;

  private constructor(evil: HostilePeer, victim: HostilePeer, inbox: GuardedInbox) {
    this.evil = evil;
    this.victim = victim;
    this.eve = serveActor(evil, "eve");
    this.vic = serveActor(victim, "vic");
    this.#inbox = inbox;
  }

  static async start(): Promise<HostileScene> {
    const [evil, victim] = [await HostilePeer.start(), await HostilePeer.start()];
    return new HostileScene(evil, victim, await GuardedInbox.start({ open: [evil.host, victim.host] }));
  }

  get inbox(): GuardedInbox {
    return this.#inbox;
  }

  /** The requests that the inbox made others answer. */
  get fetches(): readonly string[] {
    return [...this.evil.requests, ...this.victim.requests].map((request) => request.url);
  }

  /** Gives the inbox its state of the first day, with other settings if need be, and forgets what was asked. */
  async renew(options: Partial<GuardedInboxOptions> = {}): Promise<void> {
    await this.#inbox.close();
    this.#inbox = await GuardedInbox.start({ open: [this.evil.host, this.victim.host], ...options });
    this.evil.requests.length = 0;
    this.victim.requests.length = 0;
  }

  async close(): Promise<void> {
    await this.#inbox.close();
    await this.evil.close();
    await this.victim.close();
  }

  /** The JSON of a Create by an actor, with changes. */
  create(actor: unknown, changes: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      "@context": "https://www.w3.org/ns/activitystreams",
      id: this.evil.url("/notes/1/create"),
      type: "Create",
      actor,
      to: [`${this.inbox.origin}/users/bob`],
      object: { id: this.evil.url("/notes/1"), type: "Note", content: "<p>hello</p>", attributedTo: actor },
      ...changes,
    });
  }

  /** A POST to bob's inbox that lacks nothing but a signature. */
  unsigned(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Sendable {
    const usual = {
      host: this.inbox.host,
      date: new Date().toUTCString(),
      digest: `SHA-256=${sha256(body)}`,
      "content-digest": `sha-256=:${sha256(body)}:`,
      "content-type": "application/activity+json",
      "content-length": String(Buffer.byteLength(body)),
    };
    return { method: "POST", target: "/users/bob/inbox", body, headers: { ...usual, ...headers } };
  }

  /** Who signs as an actor, if need be with somebody else's key. */
  as({ keyId }: Pick<HostileActor, "keyId">, keys: KeyPair = this.eve.keys): Signing {
    return { keyId, privateKey: keys.privateKey };
  }

  /** The body, signed by eve. */
  byEve(
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
    signing: Partial<Signing> = {},
  ): Sendable {
    return signCavage(this.unsigned(body, headers), { ...this.as(this.eve), ...signing });
  }

  /** The body, signed by eve as RFC 9421 says, with these parameters. */
  byEve9421(body: string, signing: Partial<Signing>): Sendable {
    return signRfc9421(this.unsigned(body), {
      ...this.as(this.eve),
      authority: this.inbox.origin,
      ...signing,
    });
  }

  /** Sends a request: "202" when it came through the guard, else the status and the code of the refusal. */
  async outcome(request: Sendable): Promise<string> {
    const before = this.inbox.refused.length;
    const { status } = await this.inbox.send(request);
    if (status === 500) throw this.inbox.faults.at(-1);
    return [status, ...this.inbox.refused.slice(before)].join(" ");
  }
}

/** A request without one of its headers. */
export function without({ headers, ...request }: Sendable, name: string): Sendable {
  return { ...request, headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) };
}

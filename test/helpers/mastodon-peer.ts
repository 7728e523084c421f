import { readFile } from "node:fs/promises";
import { HostilePeer, type RecordedRequest } from "../hostile-peer.ts";
import { testCertificates } from "./certificates.ts";
import { call, type Place } from "./client.ts";
import { pemOf, rsaKeyPair } from "./keys.ts";
import { activityJson, deliverSigned, isSigned, signatureOf } from "./mastodon-signing.ts";
import {
  type Acquaintance,
  composeStatus,
  context,
  type Delivered,
  mentioning,
  now,
  type Status,
  type Toot,
} from "./mastodon-status.ts";
import { poll } from "./poll.ts";

/** A server on loopback that speaks as Mastodon does, over TLS: its documents, its signatures, its statuses. */
export class MastodonPeer {
  readonly peer: HostilePeer;
  readonly place: Place;
  /** Why deliveries were not taken. */
  readonly faults: string[] = [];
  #count = 115_600_000_000_000;

  private constructor(peer: HostilePeer, authority: string) {
    this.peer = peer;
    this.place = { origin: peer.origin, authority };
    const link = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    this.#json("/.well-known/nodeinfo", { links: [{ rel: link, href: peer.url("/nodeinfo/2.0") }] });
    this.#json("/nodeinfo/2.0", {
      version: "2.0",
      software: { name: "mastodon", version: "4.5.0" },
      protocols: ["activitypub"],
      services: { outbound: [], inbound: [] },
      usage: { users: { total: 3, activeMonth: 3, activeHalfyear: 3 }, localPosts: 9 },
      openRegistrations: false,
      metadata: { nodeName: "Mastodon" },
    });
  }

  static async start(): Promise<MastodonPeer> {
    const { authority, cert, key } = await testCertificates();
    const [ca, ...pair] = await Promise.all([authority, cert, key].map((file) => readFile(file, "utf8")));
    return new MastodonPeer(await HostilePeer.start({ tls: { cert: pair[0]!, key: pair[1]! } }), ca!);
  }

  /** Somebody who lives here from now on. */
  add(name: string): MastodonPerson {
    return new MastodonPerson(this, name);
  }

  /** Finds somebody by address: WebFinger, then their document. */
  async find(address: string): Promise<Acquaintance> {
    const [, name = "", host = ""] = /^@(.*)@(.*)$/.exec(address) ?? [];
    const { authority } = this.place;
    const at = { origin: `https://${host}`, authority };
    const path = `/.well-known/webfinger?resource=acct:${encodeURIComponent(`${name}@${host}`)}`;
    const { links } = await call<{ links: { rel: string; href: string }[] }>(at, { method: "GET", path });
    const uri = links.find(({ rel }) => rel === "self")!.href;
    const { url, inbox, endpoints } = await this.document(uri);
    const shared = (endpoints as { sharedInbox?: string } | undefined)?.sharedInbox;
    return { uri, address, url: String(url), inbox: shared ?? String(inbox) };
  }

  async document(uri: string): Promise<Record<string, unknown>> {
    const { origin, pathname, search } = new URL(uri);
    const headers = { accept: activityJson };
    return await call(
      { origin, authority: this.place.authority },
      {
        method: "GET",
        path: pathname + search,
        headers,
      },
    );
  }

  /** The next number of a status. */
  next(): number {
    return (this.#count += 1);
  }

  serve(path: string, document: unknown): void {
    this.peer.document(path, document);
  }

  /** Checks a delivery as Mastodon does; null when it is not to be taken. */
  async take(request: RecordedRequest): Promise<Delivered | null> {
    const activity = JSON.parse(request.body.toString()) as Delivered;
    const parameters = signatureOf(request.headers);
    const { id, publicKey } = await this.document(parameters["keyId"]!.replace(/#.*$/, ""));
    const key = publicKey as { id: string; owner: string; publicKeyPem: string };
    const isTheirs = key.id === parameters["keyId"] && key.owner === id && activity.actor === id;
    if (isTheirs && isSigned(request, parameters, key.publicKeyPem)) return activity;
    this.faults.push(`${activity.type} ${activity.id} is not signed by ${activity.actor}`);
    return null;
  }

  async close(): Promise<void> {
    await this.peer.close();
  }

  #json(path: string, document: unknown): void {
    this.peer.document(path, document, "application/json; charset=utf-8");
  }
}

/** Somebody with an account there, who writes what its own client would send. */
export class MastodonPerson {
  readonly uri: string;
  readonly acquaintance: Acquaintance;
  /** What came, in its order. */
  readonly heard: Delivered[] = [];
  readonly #home: MastodonPeer;
  readonly #keys = rsaKeyPair();

  constructor(home: MastodonPeer, name: string) {
    this.#home = home;
    const { peer } = home;
    const uri = peer.url(`/users/${name}`);
    this.uri = uri;
    const inbox = `${uri}/inbox`;
    const url = peer.url(`/@${name}`);
    this.acquaintance = { uri, url, inbox, address: `@${name}@${peer.host}` };
    const owned = { id: `${uri}#main-key`, owner: uri, publicKeyPem: pemOf(this.#keys) };
    home.serve(`/users/${name}`, {
      "@context": context,
      ...{ id: uri, type: "Person", preferredUsername: name, name, url, inbox, outbox: `${uri}/outbox` },
      ...{ followers: `${uri}/followers`, following: `${uri}/following`, manuallyApprovesFollowers: false },
      ...{ discoverable: false, indexable: false, summary: "", tag: [], attachment: [] },
      publicKey: owned,
      endpoints: { sharedInbox: peer.url("/inbox") },
    });
    const subject = `acct:${name}@${peer.host}`;
    const jrd = { subject, aliases: [url, uri], links: [{ rel: "self", type: activityJson, href: uri }] };
    for (const asked of [subject, encodeURIComponent(subject)])
      peer.document(`/.well-known/webfinger?resource=${asked}`, jrd, "application/jrd+json");
    peer.answer(`/users/${name}/inbox`, async (request, response) => {
      const activity = await home.take(request);
      if (activity !== null) this.heard.push(activity);
      response.writeHead(activity === null ? 401 : 202).end();
    });
  }

  /** Waits for a status that says this. */
  async hears(text: string): Promise<Status> {
    const said = ({ type, object }: Delivered) => type === "Create" && object.content.includes(text);
    return (await poll(`${this.acquaintance.address} hears ${text}`, () => this.heard.find(said))).object;
  }

  /** Posts a private mention; answers it, and how each inbox took it. */
  async toots(toot: Toot): Promise<{ status: Status; answers: number[] }> {
    const status = composeStatus(this.acquaintance, toot, () => this.#home.next());
    return { status, answers: await this.sends(toot.mentions, this.#wrap("Create", status)) };
  }

  /** Changes the words of a status, and whom it mentions. */
  async edits(status: Status, toot: Pick<Toot, "text" | "mentions">): Promise<number[]> {
    const update = this.#wrap("Update", { ...status, ...mentioning(toot), updated: now() });
    return await this.sends(toot.mentions, { ...update, id: `${status.id}#updates/${this.#home.next()}` });
  }

  /** Deletes a status: Mastodon tells everybody, even of a private one, and signs the document besides. */
  async deletes({ id }: Status, mentions: readonly Acquaintance[]): Promise<number[]> {
    const object = { id, type: "Tombstone", atomUri: id };
    const creator = `${this.uri}#main-key`;
    const signature = { type: "RsaSignature2017", creator, created: now(), signatureValue: "c2lnbmF0dXJl" };
    const to = ["https://www.w3.org/ns/activitystreams#Public"];
    return await this.sends(mentions, { ...this.#activity("Delete", `${id}#delete`), to, object, signature });
  }

  /** Sets a favourite; answers the activity, to take it back. */
  async likes(object: string, { inbox }: Acquaintance): Promise<{ like: object; answer: number }> {
    const like = { ...this.#activity("Like", `${this.uri}#likes/${this.#home.next()}`), object };
    return { like, answer: await this.#deliver(inbox, like) };
  }

  /** Takes back an activity of its own. */
  async undoes(activity: object, { inbox }: Acquaintance): Promise<number> {
    const { "@context": _context, ...object } = activity as Record<string, unknown>;
    return await this.#deliver(inbox, { ...this.#activity("Undo", `${String(object["id"])}/undo`), object });
  }

  /** Boosts to its followers: its own client would not offer that for a private mention. */
  async boosts(object: string, { uri, inbox }: Acquaintance): Promise<number> {
    const id = `${this.uri}/statuses/${this.#home.next()}/activity`;
    const [to, cc] = [[`${this.uri}/followers`], [uri]];
    return await this.#deliver(inbox, {
      ...this.#activity("Announce", id),
      ...{ published: now(), to, cc, object },
    });
  }

  /** Brings an activity to each server once. */
  async sends(people: readonly Acquaintance[], activity: object): Promise<number[]> {
    const inboxes = new Set(people.map(({ inbox }) => inbox));
    const elsewhere = [...inboxes].filter((inbox) => !inbox.startsWith(this.#home.place.origin));
    return await Promise.all(elsewhere.map((inbox) => this.#deliver(inbox, activity)));
  }

  #wrap(type: string, object: Status) {
    const { to, cc, published } = object;
    return { ...this.#activity(type, `${object.id}/activity`), published, to, cc, object };
  }

  #activity(type: string, id: string) {
    return { "@context": context, id, type, actor: this.uri };
  }

  async #deliver(inbox: string, activity: object): Promise<number> {
    const { origin, authority } = this.#home.place;
    const { privateKey } = this.#keys;
    return await deliverSigned(
      { inbox, activity, keyId: `${this.uri}#main-key`, privateKey, origin },
      authority,
    );
  }
}

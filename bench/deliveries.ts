import type { Pool } from "undici";
import { type HostileActor, serveActor } from "../test/helpers/hostile-actor.ts";
import { type Sendable, sha256, signCavage } from "../test/helpers/hostile-signing.ts";
import { type KeyPair, rsaKeyPair } from "../test/helpers/keys.ts";
import { HostilePeer } from "../test/hostile-peer.ts";
import type { Line } from "./contender.ts";

/** Other servers on this machine, each a port, whose actors sign as they should. */
export interface Peers {
  readonly hosts: readonly string[];
  readonly authors: readonly HostileActor[];
  readonly keys: KeyPair;
  /** Requests that were made to them so far. */
  asked(): number;
}

/** Starts servers that serve actors, spread over them. All sign with one key, to be ready sooner; each names it as its own. */
export async function startPeers(
  started: AsyncDisposableStack,
  scale: { hosts: number; authors: number },
): Promise<Peers> {
  const keys = rsaKeyPair();
  const peers = await Promise.all(Array.from({ length: scale.hosts }, () => HostilePeer.start()));
  for (const peer of peers) started.defer(() => peer.close());
  return {
    hosts: peers.map(({ host }) => host),
    authors: Array.from({ length: scale.authors }, (_, n) =>
      serveActor(peers[n % peers.length]!, `a${n}`, keys),
    ),
    keys,
    asked: () => peers.reduce((sum, { requests }) => sum + requests.length, 0),
  };
}

/** Where deliveries go. */
export interface Recipient {
  /** Of the server. */
  readonly origin: string;
  readonly id: string;
}

/** A direct message in the shape that Mastodon gives it. */
export function describeNote(
  { id: actor }: Pick<HostileActor, "id">,
  to: Recipient,
  said: { key: string; text: string },
): object {
  const recipient = `${to.origin}/users/${to.id}`;
  const note = `${actor}/statuses/${said.key}`;
  const published = new Date().toISOString();
  const content = `<p><span class="h-card" translate="no"><a href="${recipient}" class="u-url mention">@<span>p${to.id}</span></a></span> ${said.text}</p>`;
  const addressed = { published, to: [recipient], cc: [] };
  return {
    "@context": [
      "https://www.w3.org/ns/activitystreams",
      {
        ostatus: "http://ostatus.org#",
        atomUri: "ostatus:atomUri",
        inReplyToAtomUri: "ostatus:inReplyToAtomUri",
        conversation: "ostatus:conversation",
        sensitive: "as:sensitive",
      },
    ],
    id: `${note}/activity`,
    type: "Create",
    actor,
    ...addressed,
    object: {
      id: note,
      type: "Note",
      summary: null,
      inReplyTo: null,
      url: note,
      attributedTo: actor,
      ...addressed,
      sensitive: false,
      atomUri: note,
      inReplyToAtomUri: null,
      conversation: `${actor}/conversations/1`,
      content,
      contentMap: { en: content },
      attachment: [],
      tag: [{ type: "Mention", href: recipient, name: `@p${to.id}@${new URL(to.origin).host}` }],
      replies: {
        id: `${note}/replies`,
        type: "Collection",
        first: { type: "CollectionPage", partOf: `${note}/replies`, items: [] },
      },
    },
  };
}

/** A delivery that lacks nothing but its signature. */
export function unsignedDelivery(to: Recipient, body: string): Sendable {
  return {
    method: "POST",
    target: `/users/${to.id}/inbox`,
    body,
    headers: {
      host: new URL(to.origin).host,
      date: new Date().toUTCString(),
      digest: `SHA-256=${sha256(body)}`,
      "content-type": "application/activity+json",
    },
  };
}

/** A signed delivery of a direct message. */
export function signedDelivery(
  author: HostileActor,
  to: Recipient,
  said: { key: string; text: string },
): Sendable {
  const body = JSON.stringify(describeNote(author, to, said));
  return signCavage(unsignedDelivery(to, body), { keyId: author.keyId, privateKey: author.keys.privateKey });
}

/** The key of the message that an activity or its object is about. */
export function keyOf(uri: string): string {
  return /\/statuses\/([^/]+)/.exec(uri)?.[1] ?? "";
}

/** Sends a delivery; answers the status. */
export async function deliver(pool: Pool, { target, headers, body = "" }: Sendable): Promise<number> {
  const answer = await pool.request({ method: "POST", path: target, headers, body });
  await answer.body.dump();
  return answer.statusCode;
}

/** The way of an author to a recipient; signed before the clock runs. */
export function deliveryLine(pool: Pool, author: HostileActor, to: Recipient): Line {
  return {
    prepare: (key, text) => {
      const delivery = signedDelivery(author, to, { key, text });
      return async () => {
        const status = await deliver(pool, delivery);
        if (status !== 202) throw new Error(`a delivery was answered ${status}`);
      };
    },
  };
}

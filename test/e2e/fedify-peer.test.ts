import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseNodeInfo, type HttpMessageSignaturesSpec } from "@fedify/fedify";
import * as vocab from "@fedify/vocab";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Message, Person } from "#protocol/types.ts";
import { pairEnvironment } from "../../scripts/pair.ts";
import { testCertificates } from "../helpers/certificates.ts";
import { call, LiveSession, withToken, type Client, type Place } from "../helpers/client.ts";
import { FedifyPeer, type Heard, type Resident } from "../helpers/fedify-peer.ts";
import { poll } from "../helpers/poll.ts";
import { findServerPort, startServer, type TestServer } from "../helpers/server.ts";

// A real server process and, over TLS, servers made of Fedify's own inbox, queue, signatures and vocabulary.

const cavage = "draft-cavage-http-signatures-12";
const kinds = [
  { signs: "rfc9421", takes: cavage },
  { signs: cavage, takes: "rfc9421" },
] as const;
const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(32)]);

let server: TestServer;
let place: Place;
const peers = new Map<HttpMessageSignaturesSpec, FedifyPeer>();
const sessions: LiveSession[] = [];
let folder: string;

beforeAll(async () => {
  const certificates = await testCertificates();
  const port = await findServerPort();
  for (const kind of kinds)
    peers.set(kind.signs, await FedifyPeer.start({ ...kind, port: await findServerPort() }));
  const hosts = [...peers.values()].map(({ host }) => host);
  const env = pairEnvironment({ port, peerPort: port, certificates });
  server = await startServer({ port, env: { ...env, ALLOW_PRIVATE_ADDRESSES: hosts.join() } });
  place = { origin: server.origin, authority: await readFile(certificates.authority, "utf8") };
  folder = await mkdtemp(join(tmpdir(), "luciole-emoji-"));
  await writeFile(join(folder, "firefly.png"), png);
  await server.cli(["emoji", "add", "firefly", join(folder, "firefly.png")]);
}, 120_000);

afterEach(() => {
  for (const session of sessions.splice(0)) session.stop();
});

afterAll(async () => {
  await Promise.all([...peers.values()].map((peer) => peer.close()));
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** Ana of ours and Bo of theirs, as each server knows the other's. */
class Scene {
  readonly peer: FedifyPeer;
  readonly ana: Client;
  readonly session: LiveSession;
  readonly bo: Resident;
  readonly boUri: URL;
  /** Ana, as Fedify found her. */
  readonly found: vocab.Person;
  #count = 0;

  private constructor(
    { peer, bo }: { peer: FedifyPeer; bo: Resident },
    ana: { client: Client; session: LiveSession; found: vocab.Person },
  ) {
    this.peer = peer;
    this.bo = bo;
    this.boUri = peer.context.getActorUri(bo.handle);
    this.ana = ana.client;
    this.session = ana.session;
    this.found = ana.found;
  }

  static async open(peer: FedifyPeer, name: string): Promise<Scene> {
    const handle = `${name}_${peer.host.replace(/\D/g, "")}`;
    const { token } = await server.createAccount(`ana_${handle}`);
    const client = await withToken(place, token);
    const session = await new LiveSession(client).start();
    sessions.push(session);
    const found = await peer.context.lookupObject(client.person.address);
    if (!(found instanceof vocab.Person)) throw new Error(`${client.person.address} was not found`);
    return new Scene({ peer, bo: await peer.add(`bo_${handle}`) }, { client, session, found });
  }

  get boAddress(): string {
    return `@${this.bo.handle}@${this.peer.host}`;
  }

  /** A new address on Bo's server. */
  newId(kind: string): URL {
    return new URL(`/${this.bo.handle}/${kind}/${(this.#count += 1)}`, this.peer.origin);
  }

  /** Bo does something that is for Ana alone. */
  async does<Deed extends vocab.Activity>(deed: (common: Common) => Deed): Promise<Deed> {
    const activity = deed({ id: this.newId("activity"), actor: this.boUri, to: this.found.id });
    await this.peer.send(this.bo.handle, this.found, activity);
    return activity;
  }

  note(content: string, id = this.newId("note")): vocab.Note {
    const { found } = this;
    const tags = [new vocab.Mention({ href: found.id, name: this.ana.person.address })];
    return new vocab.Note({ id, attribution: this.boUri, to: found.id, content, tags });
  }

  async says(content: string): Promise<vocab.Note> {
    const note = this.note(content);
    await this.does((common) => new vocab.Create({ ...common, object: note }));
    return note;
  }

  /** Waits until Ana's session shows a message that fits. */
  shown(what: string, fits: (message: Message) => boolean): Promise<Message> {
    return poll(what, () =>
      Object.values(this.session.state.conversations)
        .flatMap(({ window, membership }) => [...(window?.messages ?? []), membership.lastMessage])
        .find((message): message is Message => message !== null && fits(message)),
    );
  }

  /** Waits until Ana's session shows Bo in a way that fits. */
  seen(what: string, fits: (bo: Person) => boolean): Promise<Person> {
    return poll(what, () =>
      Object.values(this.session.state.conversations)
        .flatMap(({ conversation }) => conversation.members.map(({ person }) => person))
        .find((person) => person.host !== null && fits(person)),
    );
  }

  /** Waits until the delivery of a message to Bo is in a state. */
  async delivered({ conversationId, id }: Message, expected: string): Promise<void> {
    const state = () => {
      const [one] = this.session.state.conversations[conversationId]?.deliveries[id] ?? [];
      return one && [one.state, one.reason].filter((word) => word !== null).join(" ");
    };
    await poll(`the delivery is ${expected}`, () => state() === expected);
  }

  /** Waits until Fedify has heard so much for Bo. */
  hears(count: number): Promise<readonly Heard[]> {
    return poll(`${count} activities for Bo`, () => {
      const heard = this.peer.heard.filter(({ at }) => at === this.bo.handle);
      return heard.length >= count && heard;
    });
  }
}

interface Common {
  readonly id: URL;
  readonly actor: URL;
  readonly to: URL | null;
}

const says = (text: string) => (message: Message) =>
  message.body !== null && "text" in message.body && message.body.text === text;

const reactions = ({ reactions: list }: Message) => list.map(({ emoji }) => emoji).join(" ");

describe.each(kinds)("with a Fedify server that signs by $signs and takes $takes", ({ signs, takes }) => {
  const open = (name: string) => Scene.open(peers.get(signs)!, name);

  test("our people are found by address, with their keys, and the server says what it runs", async () => {
    const { peer, ana, found } = await open("found");
    const { address, id } = ana.person;
    const jrd = await peer.context.lookupWebFinger(`acct:${address.slice(1)}`);
    expect(jrd?.links?.find(({ rel }) => rel === "self")?.href).toBe(found.id?.href);
    expect(found.id?.href).toBe(`${place.origin}/users/${id}`);
    expect(found.inboxId?.href).toBe(`${place.origin}/users/${id}/inbox`);
    expect((await found.getPublicKey(peer.context))?.id?.hash).toBe("#main-key");
    const multikeys = await Array.fromAsync(found.getAssertionMethods(peer.context));
    expect(multikeys.map((key) => [key.id?.hash, key.publicKey?.algorithm.name])).toEqual([
      ["#ed25519-key", "Ed25519"],
    ]);
    for (const collection of [await found.getFollowers(), await found.getOutbox(), await found.getFeatured()])
      expect(collection?.totalItems).toBe(0);
    for (const version of ["2.0", "2.1"]) {
      const told: unknown = await call(place, { method: "GET", path: `/nodeinfo/${version}` });
      expect(parseNodeInfo(told, { tryBestEffort: false })).toMatchObject({ software: { name: "luciole" } });
    }
  });

  test("what its people do is done here", async () => {
    const scene = await open("does");
    const { peer, ana, session, boUri } = scene;
    const hello = await scene.says("<p>Hello Ana</p>");
    const { conversationId } = await scene.shown("the first message", says("Hello Ana"));
    expect((await ana.api.conversation(conversationId)).membership.state).toBe("request");
    await ana.api.answerRequest(conversationId, "accept");
    await session.open(conversationId);
    const { message: answer } = await ana.send(conversationId, { text: "Hello Bo" });
    await scene.delivered(answer, "accepted");

    const { id } = hello;
    const edited = scene.note("<p>Hello dear Ana</p>", id!);
    await scene.does((common) => new vocab.Update({ ...common, object: edited }));
    expect((await scene.shown("the edit", says("Hello dear Ana"))).editedAt).not.toBeNull();

    const object = new URL(`/m/${answer.id}`, place.origin);
    const like = await scene.does((common) => new vocab.Like({ ...common, object }));
    await scene.shown("a Like", (message) => message.id === answer.id && reactions(message) === "❤️");
    await scene.does((common) => new vocab.EmojiReact({ ...common, object, content: "🔥" }));
    await scene.shown("an EmojiReact", (message) => reactions(message) === "❤️ 🔥");
    const icon = new vocab.Image({ url: new URL("/emoji/blob.png", peer.origin) });
    const tags = [new vocab.Emoji({ id: new URL("/emoji/blob", peer.origin), name: ":blob:", icon })];
    await scene.does((common) => new vocab.EmojiReact({ ...common, object, content: ":blob:", tags }));
    await scene.shown("a picture", (message) => reactions(message) === `❤️ 🔥 :blob@${peer.host}:`);
    await scene.does((common) => new vocab.Undo({ ...common, object: like }));
    await scene.shown("Undo(Like)", (message) => reactions(message) === `🔥 :blob@${peer.host}:`);

    const tombstone = new vocab.Tombstone({ id });
    await scene.does((common) => new vocab.Delete({ ...common, object: tombstone }));
    await scene.shown("the deletion", ({ deletedAt, body }) => deletedAt !== null && body === null);

    const block = await scene.does((common) => new vocab.Block({ ...common, object: scene.found.id }));
    await poll("the block counts", async () => {
      const { message } = await ana.send(conversationId, { text: "Are you there?" });
      const { deliveries } = await ana.api.message(message.id);
      return deliveries.some(({ reason }) => reason === "blocked");
    });
    await scene.does((common) => new vocab.Undo({ ...common, object: block }));
    await poll("the block is over", async () => {
      const { message } = await ana.send(conversationId, { text: "And now?" });
      const { deliveries } = await ana.api.message(message.id);
      return deliveries.every(({ reason }) => reason !== "blocked");
    });

    scene.bo.name = "Bo the Great";
    const person = await peer.context.getActor(scene.bo.handle);
    await scene.does((common) => new vocab.Update({ ...common, object: person }));
    await scene.seen("the new name", ({ name }) => name === "Bo the Great");

    const successor = await peer.add(`new_${scene.bo.handle}`);
    successor.aliases = [boUri];
    const target = peer.context.getActorUri(successor.handle);
    await scene.does((common) => new vocab.Move({ ...common, object: boUri, target }));
    const address = `@${successor.handle}@${peer.host}`;
    await scene.seen("the move", ({ movedTo }) => movedTo === address);

    scene.bo.gone = true;
    await scene.does((common) => new vocab.Delete({ ...common, object: boUri }));
    await scene.seen("the end of the account", ({ state }) => state === "deleted");
    expect(await peer.takenBy(place.origin)).toBe(signs);
    expect(peer.faults).toEqual([]);
    await session.inStep();
  });

  test("what our people do is verified and understood there, for its addressee alone, in its order", async () => {
    const scene = await open("hears");
    const { peer, ana, boUri, found } = scene;
    const { conversation } = await ana.api.startConversation(scene.boAddress);
    const { message } = await ana.send(conversation.id, { text: "Hello **Bo**" });
    await ana.api.edit(message.id, "Hello *Bo*");
    await scene.hears(2);
    const note = await scene.says("<p>Hello</p>");
    const theirs = await scene.shown("an answer", says("Hello"));
    await ana.api.react(theirs.id, "🔥");
    await ana.api.react(theirs.id, ":firefly:");
    await ana.api.unreact(theirs.id, "🔥");
    await ana.api.deleteForEveryone(message.id);
    const heard = await scene.hears(6);
    const path = `/api/chat/v1/people/${theirs.authorId}/block`;
    await ana.call("PUT", path, { kind: "open" });
    await scene.hears(7);
    await ana.call("DELETE", path);
    const all = await scene.hears(8);

    const { Create, Update, Like, Undo, Delete, Block } = vocab;
    expect(all.map(({ activity }) => activity.constructor)).toEqual([
      ...[Create, Update, Like, Like, Undo, Delete, Block, Undo],
    ]);
    for (const { activity, signature } of all) {
      expect(signature).toBe(takes);
      expect(activity.actorId?.href).toBe(found.id?.href);
      expect(activity.toIds).toEqual([boUri]);
      expect([activity.ccIds, activity.btoIds, activity.bccIds, activity.audienceIds].flat()).toEqual([]);
    }
    const objects = await Promise.all(all.map(({ activity }) => enclosed(activity)));
    const [created, updated, , , undone, deleted, , unblocked] = objects;
    const uri = `${place.origin}/m/${message.id}`;
    expect([created, updated].map((one) => [one?.id?.href, one?.content])).toEqual([
      [uri, "<p>Hello <strong>Bo</strong></p>"],
      [uri, "<p>Hello <em>Bo</em></p>"],
    ]);
    for (const one of [created, updated]) {
      expect(one).toBeInstanceOf(vocab.Note);
      expect([one?.toIds, one?.ccIds]).toEqual([[boUri], []]);
      expect(one?.attributionId?.href).toBe(found.id?.href);
      const tags = await Array.fromAsync(one!.getTags(peer.context));
      expect(tags.map((tag) => [tag.constructor, tag.name, (tag as vocab.Mention).href])).toEqual([
        [vocab.Mention, scene.boAddress, boUri],
      ]);
    }
    expect(updated?.updated).not.toBeNull();
    const [, , fire, firefly] = heard.map(({ activity }) => activity);
    expect([fire, firefly].map((one) => [one?.objectId?.href, one?.content])).toEqual([
      [note.id?.href, "🔥"],
      [note.id?.href, ":firefly:"],
    ]);
    const [emoji] = await Array.fromAsync(firefly!.getTags(peer.context));
    expect(emoji).toBeInstanceOf(vocab.Emoji);
    const icon = await (emoji as vocab.Emoji).getIcon(peer.context);
    const picture = await fetch(icon!.url as URL);
    expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(undone?.id?.href).toBe(fire?.id?.href);
    expect([deleted?.constructor, deleted?.id?.href]).toEqual([vocab.Tombstone, uri]);
    const block = all[6];
    expect(block?.activity.objectId?.href).toBe(boUri.href);
    expect(unblocked?.id?.href).toBe(block?.activity.id?.href);
    expect(peer.faults).toEqual([]);
  });

  test("a message is read by its addressee's own loader, and by nobody else's", async () => {
    const scene = await open("reads");
    const { peer, ana, bo } = scene;
    const mal = await peer.add(`mal_${bo.handle}`);
    const { conversation } = await ana.api.startConversation(scene.boAddress);
    const { message } = await ana.send(conversation.id, { text: "for Bo" });
    await scene.hears(1);
    const uri = `${place.origin}/m/${message.id}`;
    const read = async ({ handle }: Resident): Promise<vocab.Object> => {
      const load = await peer.context.getDocumentLoader({ identifier: handle });
      const { document } = await load(uri);
      return await vocab.Object.fromJsonLd(document, peer.context);
    };
    expect((await read(bo)).content).toBe("<p>for Bo</p>");
    await expect(read(mal)).rejects.toThrow("404");
    await expect(peer.context.documentLoader(uri)).rejects.toThrow("404");
    await ana.api.deleteForEveryone(message.id);
    await expect(read(bo)).rejects.toThrow("410");
    await expect(read(mal)).rejects.toThrow("404");
  });
});

/** What an activity encloses, as Fedify reads it. */
async function enclosed(activity: vocab.Activity): Promise<vocab.Object | null> {
  const json = (await activity.toJsonLd()) as { object?: unknown };
  return typeof json.object === "object" ? await activity.getObject() : null;
}

import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findPersonByUri, instanceActor } from "#domain/people.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { Refusal } from "#lib/refusal.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { testCertificates } from "../../test/helpers/certificates.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { addActor } from "../../test/helpers/peer-actor.ts";
import { signingActor } from "./actors.ts";
import { createDocuments } from "./documents.ts";
import { createRemoteActors, type RemoteActors } from "./remote-actors.ts";
import { createSigning, type SigningActor } from "./sign.ts";

const DAY = 24 * 3600 * 1000;
let peer: HostilePeer;
let other: HostilePeer;
let home: Home;
let own: SigningActor;
let egress: Egress;
let actors: RemoteActors;
let clock = 0;

beforeAll(async () => {
  const { authority } = await testCertificates();
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(authority, "utf8")]);
  home = await openHome({ origin: "https://localhost:8443", now: () => new Date(Date.now() + clock) });
  own = await signingActor(home.ctx, (await instanceActor(home.ctx)).id);
});
afterAll(async () => await home.close());

beforeEach(async () => {
  const { cert, key } = await testCertificates();
  const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  [peer, other] = [await HostilePeer.start({ tls }), await HostilePeer.start({ tls })];
  clock = 0;
  egress = createEgress({ allowPrivateAddresses: [peer.host, other.host, "localhost:9"], userAgent: "test" });
  const documents = createDocuments({
    signing: createSigning(egress),
    instanceActor: async () => own,
    now: home.ctx.now,
  });
  actors = createRemoteActors(home.ctx, { egress, documents });
});

afterEach(async () => {
  await egress.close();
  await peer.close();
  await other.close();
});

const path = (name: string, at: HostilePeer) =>
  `/.well-known/webfinger?resource=${encodeURIComponent(`acct:${name}@${at.host}`)}`;

interface Said {
  readonly name: string;
  readonly self: string;
  /** Default: the name at the host that is asked. */
  readonly subject?: string;
  readonly type?: string;
}

/** What `at` says of one of its names. */
function say(at: HostilePeer, { name, self, subject, type = "application/activity+json" }: Said): void {
  const links = [
    { rel: "http://webfinger.net/rel/profile-page", type: "text/html", href: at.url(`/@${name}`) },
    { rel: "self", type: "text/html", href: at.url("/not-this") },
    { rel: "self", type, href: self },
  ];
  at.document(
    path(name, at),
    { subject: subject ?? `acct:${name}@${at.host}`, links },
    "application/jrd+json",
  );
}

async function refusalOf(address: string): Promise<string> {
  try {
    const person = await actors.resolveAddress(address);
    return `found ${person.handle}@${person.host}`;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.field}`;
    throw error;
  }
}

describe("an address", () => {
  test("at a host with a port leads to the actor, their name and their inbox", async () => {
    const bo = addActor(peer, "/users/bo");
    bo.publish({ name: "Bo \u202e<b>\n\u0000 Example", url: [peer.url("/@bo")] });
    say(peer, { name: "bo", self: bo.uri });
    const found = await actors.resolveAddress(` @bo@${peer.host} `);
    expect(found).toMatchObject({
      uri: bo.uri,
      kind: "person",
      handle: "bo",
      host: peer.host,
      name: "Bo <b> Example",
      profileUrl: peer.url("/@bo"),
      inbox: `${bo.uri}/inbox`,
    });
    expect((await actors.resolveAddress(`bo@${peer.host.toUpperCase()}`)).id).toBe(found.id);
    expect(peer.requestsFor(path("bo", peer))[0]?.headers.accept).toContain("application/jrd+json");
  });

  test("may be given with the other ActivityStreams type", async () => {
    const bo = addActor(peer, "/users/bo");
    const type = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
    say(peer, { name: "bo", self: bo.uri, type });
    expect((await actors.resolveAddress(`@bo@${peer.host}`)).uri).toBe(bo.uri);
  });

  test.each([
    "",

    "@bo@",
    "@@b.example",
    "@bo@b.example/x",
    "@bo@b example",
    "@b o@b.example",
    "@bo@[::1",
    "@a@b@c",
  ])("like %j is none", async (address) => {
    expect(await refusalOf(address)).toBe("address_invalid address");
    expect(peer.requests).toHaveLength(0);
  });

  test("of this server is found here", async () => {
    await home.member("ann");
    expect(await refusalOf("@Ann@localhost:8443")).toBe("found ann@null");
    expect(await refusalOf("ann")).toBe("found ann@null");
    expect(await refusalOf("@nobody@localhost:8443")).toBe("address_unknown address");
    expect(await refusalOf("@localhost:8443@localhost:8443")).toBe("address_unknown address");
  });

  test("that its host does not know, or answers badly, is unknown", async () => {
    expect(await refusalOf(`@nobody@${peer.host}`)).toBe("address_unknown address");
    peer.answer(path("page", peer), (_request, response) => void response.writeHead(200).end("<html>"));
    expect(await refusalOf(`@page@${peer.host}`)).toBe("address_unknown address");
    peer.document(path("list", peer), [], "application/jrd+json");
    expect(await refusalOf(`@list@${peer.host}`)).toBe("address_unknown address");
    peer.document(path("linkless", peer), { subject: `acct:linkless@${peer.host}`, links: [] });
    expect(await refusalOf(`@linkless@${peer.host}`)).toBe("address_unknown address");
    say(peer, { name: "local", self: "https://127.0.0.1/users/local" });
    expect(await refusalOf(`@local@${peer.host}`)).toBe("address_unknown address");
  });

  test("whose host does not answer, or not now, is unreachable", async () => {
    expect(await refusalOf("@bo@localhost:9")).toBe("address_unreachable address");
    peer.answer(path("bo", peer), (_request, response) => void response.writeHead(503).end());
    expect(await refusalOf(`@bo@${peer.host}`)).toBe("address_unreachable address");
    say(peer, { name: "cy", self: peer.url("/users/cy") });
    peer.answer("/users/cy", (_request, response) => void response.writeHead(500).end());
    expect(await refusalOf(`@cy@${peer.host}`)).toBe("address_unreachable address");
  });

  test("at another host than the actor's is theirs when both hosts say so", async () => {
    const bo = addActor(peer, "/users/bo");
    const subject = `acct:bo@${other.host}`;
    say(other, { name: "bo", self: bo.uri });
    say(peer, { name: "bo", self: bo.uri, subject });
    expect((await actors.resolveAddress(`@bo@${other.host}`)).host).toBe(other.host);
    expect((await actors.resolveAddress(`@bo@${peer.host}`)).host).toBe(other.host);
  });

  test("that a foreign host gives to an actor does not become their address", async () => {
    const vic = addActor(peer, "/users/vic");
    say(other, { name: "boss", self: vic.uri });
    say(other, { name: "vic", self: vic.uri });
    say(peer, { name: "vic", self: vic.uri });
    for (const name of ["boss", "vic"])
      expect(await actors.resolveAddress(`@${name}@${other.host}`)).toMatchObject({
        handle: "vic",
        host: peer.host,
      });
  });

  test("that the other host does not confirm is not theirs", async () => {
    const eve = addActor(peer, "/users/eve");
    say(peer, { name: "eve", self: eve.uri, subject: `acct:eve@${other.host}` });
    expect((await actors.resolveAddress(`@eve@${peer.host}`)).host).toBe(peer.host);
    const second = addActor(peer, "/users/second");
    say(peer, { name: "second", self: second.uri, subject: `acct:boss@${other.host}` });
    say(other, { name: "boss", self: second.uri });
    expect(await actors.resolveAddress(`@second@${peer.host}`)).toMatchObject({
      handle: "second",
      host: peer.host,
    });
  });

  test.each<[string, (at: HostilePeer) => Record<string, unknown>]>([
    ["with the id of another", (at) => ({ id: at.url("/users/vic") })],
    ["without an inbox", () => ({ inbox: undefined })],
    ["with an inbox on another host", () => ({ inbox: other.url("/inbox") })],
    ["with an inbox inside of a network", () => ({ inbox: "https://10.0.0.1/inbox" })],
    ["with an inbox that is no address", () => ({ inbox: "javascript:alert(1)" })],
    ["of a group", () => ({ type: "Group" })],
    ["of a note", () => ({ type: "Note" })],
    ["with an address for a name", () => ({ preferredUsername: "ann@a.example" })],
    ["with a name that turns the line", () => ({ preferredUsername: "ann\u202eeve" })],
    ["with a name of unseen letters", () => ({ preferredUsername: "ann\u200b" })],
    ["with a name in letters that look like others", () => ({ preferredUsername: "\u0430nn" })],
    ["with an endless name", () => ({ preferredUsername: "a".repeat(300) })],
    ["without a name", () => ({ preferredUsername: undefined })],
  ])("that leads to a document %s leads nowhere", async (_what, changes) => {
    const eve = addActor(peer, "/users/eve");
    addActor(peer, "/users/vic");
    eve.publish(changes(peer));
    say(peer, { name: "eve", self: eve.uri });
    expect(await refusalOf(`@eve@${peer.host}`)).toBe("address_unknown address");
    expect(await findPersonByUri(home.ctx, eve.uri)).toBeNull();
  });
});

describe("an actor", () => {
  test("is asked for once a day, and once at a time", async () => {
    const bo = addActor(peer, "/users/bo");
    const people = await Promise.all([1, 2, 3].map(() => actors.resolve(bo.uri)));
    expect(new Set(people.map(({ id }) => id)).size).toBe(1);
    clock = DAY - 60_000;
    await actors.resolve(bo.uri);
    expect(peer.requestsFor("/users/bo")).toHaveLength(1);
    clock = DAY + 60_000;
    bo.publish({ name: "Bo the second" });
    expect(await actors.resolve(bo.uri)).toMatchObject({ id: people[0]?.id, name: "Bo the second" });
  });

  test("stays known while their server is silent", async () => {
    const bo = addActor(peer, "/users/bo");
    const known = await actors.resolve(bo.uri);
    clock = 2 * DAY;
    peer.answer("/users/bo", (_request, response) => void response.writeHead(502).end());
    expect((await actors.resolve(bo.uri)).id).toBe(known.id);
  });

  test("that cannot be had is not there, or not there now", async () => {
    await expect(actors.resolve(peer.url("/users/nobody"))).rejects.toMatchObject({ temporary: false });
    peer.answer("/users/bo", (_request, response) => void response.writeHead(502).end());
    await expect(actors.resolve(peer.url("/users/bo"))).rejects.toMatchObject({ temporary: true });
  });

  test("of a server itself may be called like its host", async () => {
    const server = addActor(peer, "/actor");
    server.publish({ type: "Application", preferredUsername: peer.host });
    expect(await actors.resolve(server.uri)).toMatchObject({
      kind: "application",
      handle: peer.host,
      host: peer.host,
    });
  });
});

describe("another name", () => {
  const person = async (uri: string) => (await findPersonByUri(home.ctx, uri))!;

  test("is taken where it leads to the actor, who is found by the former one as well, and keeps it in mind", async () => {
    const bo = addActor(peer, "/users/bo");
    say(peer, { name: "bo", self: bo.uri });
    const { id } = await actors.resolveAddress(`@bo@${peer.host}`);
    bo.publish({ preferredUsername: "bobby" });
    say(peer, { name: "bobby", self: bo.uri });
    expect(await actors.refresh(bo.uri)).toMatchObject({ id, handle: "bobby", formerHandle: "bo" });
    // Their server still answers to the former name, and later does not know it any more.
    say(peer, { name: "bo", self: bo.uri, subject: `acct:bobby@${peer.host}` });
    expect(await refusalOf(`@bo@${peer.host}`)).toBe(`found bobby@${peer.host}`);
    peer.answer(path("bo", peer), (_request, response) => void response.writeHead(404).end());
    expect(await refusalOf(`@bo@${peer.host}`)).toBe(`found bobby@${peer.host}`);
    clock = 366 * DAY;
    expect(await refusalOf(`@bo@${peer.host}`)).toBe("address_unknown address");
  });

  test("IF-54: that is somebody else's, or that leads nowhere, is not: who is known stays who they were", async () => {
    const [eve, vic] = [addActor(peer, "/users/eve"), addActor(peer, "/users/vic")];
    for (const [name, { uri }] of [["eve", eve] as const, ["vic", vic] as const]) {
      say(peer, { name, self: uri });
      await actors.resolveAddress(`@${name}@${peer.host}`);
    }
    for (const forged of ["vic", "VIC", "nobody"]) {
      eve.publish({ preferredUsername: forged, name: "Vic" });
      clock += 60_000;
      await actors.refresh(eve.uri);
      expect(await person(eve.uri)).toMatchObject({ handle: "eve", formerHandle: null, name: "Vic" });
    }
    // Nor by an address that names somebody else as its subject.
    say(peer, { name: "vic2", self: eve.uri, subject: `acct:vic@${peer.host}` });
    eve.publish({ preferredUsername: "vic2" });
    clock += 60_000;
    await actors.refresh(eve.uri);
    expect(await person(eve.uri)).toMatchObject({ handle: "eve" });
    expect(await refusalOf(`@vic@${peer.host}`)).toBe(`found vic@${peer.host}`);
  });

  test("waits while WebFinger is silent, and is taken once it speaks", async () => {
    const bo = addActor(peer, "/users/bo");
    say(peer, { name: "bo", self: bo.uri });
    await actors.resolveAddress(`@bo@${peer.host}`);
    bo.publish({ preferredUsername: "bobby" });
    peer.answer(path("bobby", peer), (_request, response) => void response.writeHead(503).end());
    await actors.refresh(bo.uri);
    expect((await person(bo.uri)).handle).toBe("bo");
    say(peer, { name: "bobby", self: bo.uri });
    clock = 60_000;
    await actors.refresh(bo.uri);
    expect(await person(bo.uri)).toMatchObject({ handle: "bobby", formerHandle: "bo" });
  });
});

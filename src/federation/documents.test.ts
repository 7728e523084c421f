import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cryptoKeyOf, rsaKeyPair } from "../../test/helpers/keys.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { createDocuments, DocumentUnavailable, isActivityStreams, type Documents } from "./documents.ts";
import { createSigning } from "./sign.ts";

let peer: HostilePeer;
let other: HostilePeer;
let egress: Egress;
let documents: Documents;
let later = 0;

const actor = { keyId: "https://a.example/actor#main-key", privateKey: cryptoKeyOf(rsaKeyPair()) };

beforeAll(async () => {
  [peer, other] = [await HostilePeer.start(), await HostilePeer.start()];
  egress = createEgress({ allowPrivateAddresses: [peer.host, other.host], userAgent: "test/1" });
});

beforeEach(() => {
  later = 0;
  peer.requests.length = 0;
  documents = createDocuments({
    signing: createSigning(egress),
    instanceActor: () => Promise.resolve(actor),
    now: () => new Date(Date.now() + later),
  });
});

afterAll(async () => {
  await egress.close();
  await peer.close();
  await other.close();
});

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return "fetched";
  } catch (error) {
    if (error instanceof DocumentUnavailable) return error.problem;
    throw error;
  }
}

describe("a document", () => {
  test("whose id is where it came from is fetched, signed by the instance actor, asking for ActivityStreams", async () => {
    peer.document("/a", { id: peer.url("/a"), type: "Note" });
    const { id, document } = await documents.fetch(peer.url("/a#fragment"));
    expect(id).toBe(peer.url("/a"));
    expect(document["type"]).toBe("Note");
    expect(peer.requests[0]?.headers["accept"]).toContain("application/activity+json");
    expect(peer.requests[0]?.headers["signature"]).toContain(`keyId="${actor.keyId}"`);
  });

  test("that names another id of its origin is fetched from there", async () => {
    peer.document("/@bo", { id: peer.url("/users/1"), type: "Person" });
    peer.document("/users/1", { id: peer.url("/users/1"), type: "Person", name: "Bo" });
    const found = await documents.fetch(peer.url("/@bo"));
    expect(found).toMatchObject({ id: peer.url("/users/1"), document: { name: "Bo" } });
  });

  test.each<[name: string, id: () => unknown]>([
    ["of another origin", () => other.url("/b")],
    ["that answers with another id again", () => peer.url("/c")],
    ["that is no text", () => 7],
    ["that is absent", () => undefined],
    ["that is relative", () => "/b"],
    ["with a fragment", () => `${peer.url("/b")}#x`],
  ])("with an id %s is refused", async (_name, id) => {
    peer.document("/b", { id: id() });
    peer.document("/c", { id: peer.url("/d") });
    other.document("/b", { id: other.url("/b") });
    expect(await problem(documents.fetch(peer.url("/b")))).toBe("id_mismatch");
  });

  test("that redirects to another origin is that origin's, under its own id only", async () => {
    peer.redirect("/moved", other.url("/here"));
    other.document("/here", { id: other.url("/here") });
    expect((await documents.fetch(peer.url("/moved"))).id).toBe(other.url("/here"));
    other.document("/here", { id: peer.url("/moved") });
    expect(await problem(documents.fetch(peer.url("/moved")))).toBe("id_mismatch");
  });

  test("without the rule on ids is handed over as it is", async () => {
    peer.document("/stub", { id: peer.url("/users/1") });
    const found = await documents.fetchAnyId(peer.url("/stub"));
    expect(found).toEqual({ finalUrl: peer.url("/stub"), document: { id: peer.url("/users/1") } });
  });
});

test("the same address wanted ten times at once is asked once, and once more afterwards", async () => {
  peer.document("/a", { id: peer.url("/a") });
  await Promise.all(Array.from({ length: 10 }, () => documents.fetch(peer.url("/a"))));
  expect(peer.requests).toHaveLength(1);
  await documents.fetch(peer.url("/a"));
  expect(peer.requests).toHaveLength(2);
});

test("a failure is remembered for ten minutes, a temporary one for ten seconds", async () => {
  expect(await problem(documents.fetch(peer.url("/late")))).toBe("gone");
  peer.document("/late", { id: peer.url("/late") });
  later = 9 * 60_000;
  expect(await problem(documents.fetch(peer.url("/late")))).toBe("gone");
  expect(peer.requests).toHaveLength(1);
  later = 11 * 60_000;
  expect(await problem(documents.fetch(peer.url("/late")))).toBe("fetched");

  peer.answer("/busy", (_request, response) => void response.writeHead(503).end());
  const busy = documents.fetch(peer.url("/busy"));
  await expect(busy).rejects.toMatchObject({ problem: "status", status: 503, temporary: true });
  peer.document("/busy", { id: peer.url("/busy") });
  expect(await problem(documents.fetch(peer.url("/busy")))).toBe("status");
  later += 11_000;
  expect(await problem(documents.fetch(peer.url("/busy")))).toBe("fetched");
});

test("what is no address is refused", async () => {
  for (const url of ["", "relative", "acct:bo@b.example", "https://127.0.0.1/", "http://b.example/"]) {
    expect(await problem(documents.fetch(url))).toBe("refused");
  }
});

describe("a content type", () => {
  test.each([
    "application/activity+json",
    "application/activity+json; charset=utf-8",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json;profile="https://x.example/ https://www.w3.org/ns/activitystreams"; charset=utf-8',
    "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
  ])("%s is ActivityStreams", (type) => {
    expect(isActivityStreams(type)).toBe(true);
  });

  test.each([
    "",
    "application/json",
    "application/ld+json",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams/evil"',
    'text/html; profile="https://www.w3.org/ns/activitystreams"',
    "text/html; application/activity+json",
    "application/activity+json2",
  ])("%s is not", (type) => {
    expect(isActivityStreams(type)).toBe(false);
  });
});

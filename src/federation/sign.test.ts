import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { GuardedInbox } from "../../test/helpers/guarded-inbox.ts";
import { serveActor, type HostileActor } from "../../test/helpers/hostile-actor.ts";
import { cryptoKeyOf } from "../../test/helpers/keys.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { createSigning, type SignatureMemory, type Signing, type SigningActor } from "./sign.ts";

let peer: HostilePeer;
let receiver: GuardedInbox;
let egress: Egress;
let signing: Signing;
let ann: HostileActor;
let actor: SigningActor;

beforeAll(async () => {
  peer = await HostilePeer.start();
  receiver = await GuardedInbox.start({ open: [peer.host] });
  egress = createEgress({ allowPrivateAddresses: [peer.host, receiver.host], userAgent: "test/1" });
  ann = serveActor(peer, "ann");
  actor = { keyId: ann.keyId, privateKey: cryptoKeyOf(ann.keys) };
});

beforeEach(() => {
  peer.requests.length = 0;
  signing = createSigning(egress);
});

afterAll(async () => {
  await egress.close();
  await receiver.close();
  await peer.close();
});

const kind = (headers: Record<string, unknown>): string =>
  "signature-input" in headers ? "rfc9421" : "signature" in headers ? "draft-cavage" : "none";

const kinds = (path: string): string[] => peer.requestsFor(path).map(({ headers }) => kind(headers));

/** Answers 401 to every signature but those of one kind. */
function understandOnly(path: string, understood: string): void {
  peer.answer(path, (request, response) => {
    response.writeHead(kind(request.headers) === understood ? 202 : 401).end();
  });
}

test("what is posted is signed so that a verifier believes it, byte for byte", async () => {
  const body = `{"type":"Create", "actor":"${ann.id}","content":"é 😀"}`;
  const answer = await signing.post({ url: `${receiver.origin}/users/bob/inbox`, body, actor });
  expect([answer.status, receiver.refused]).toEqual([202, []]);
  expect(receiver.accepted.at(-1)).toMatchObject({ actorUri: ann.id, activity: { content: "é 😀" } });
});

test("what is got is signed so that a verifier believes it", async () => {
  const accept = "application/activity+json";
  const answer = await signing.get({ url: `${receiver.origin}/m/1`, actor, accept });
  expect([answer.status, receiver.refused]).toEqual([202, []]);
});

test("draft-cavage goes first, with the type that everybody takes", async () => {
  understandOnly("/inbox", "draft-cavage");
  await signing.post({ url: peer.url("/inbox"), body: "{}", actor });
  expect(kinds("/inbox")).toEqual(["draft-cavage"]);
  expect(peer.requests[0]?.headers["content-type"]).toBe("application/activity+json");
  expect(peer.requests[0]?.headers["digest"]).toMatch(/^SHA-256=/);
});

test("RFC 9421 goes second, after a 401, and first from then on", async () => {
  understandOnly("/inbox", "rfc9421");
  for (const expected of [
    ["draft-cavage", "rfc9421"],
    ["draft-cavage", "rfc9421", "rfc9421"],
  ]) {
    expect((await signing.post({ url: peer.url("/inbox"), body: "{}", actor })).status).toBe(202);
    expect(kinds("/inbox")).toEqual(expected);
  }
  understandOnly("/inbox", "draft-cavage");
  peer.requests.length = 0;
  expect((await signing.post({ url: peer.url("/inbox"), body: "{}", actor })).status).toBe(202);
  expect(kinds("/inbox")).toEqual(["rfc9421", "draft-cavage"]);
});

/** A memory, and what was written into it. */
function createMemory(known: readonly string[] = []) {
  const saved: string[] = [];
  const memory: SignatureMemory = {
    load: async () => known,
    save: async (host, signatures) => void saved.push(`${host} ${signatures}`),
  };
  return { memory, saved };
}

test("what a server takes is written down once, and goes first in the next process", async () => {
  const { memory, saved } = createMemory();
  understandOnly("/inbox", "rfc9421");
  const first = createSigning(egress, memory);
  const post = { url: peer.url("/inbox"), body: "{}", actor };
  await Promise.all([first.post(post), first.post(post)]);
  await first.post(post);
  expect(saved).toEqual([`${peer.host} rfc9421`]);
  peer.requests.length = 0;
  const later = createMemory([peer.host]);
  const second = createSigning(egress, later.memory);
  expect((await second.post(post)).status).toBe(202);
  expect([kinds("/inbox"), later.saved]).toEqual([["rfc9421"], []]);
  understandOnly("/inbox", "draft-cavage");
  expect((await second.post(post)).status).toBe(202);
  expect(later.saved).toEqual([`${peer.host} cavage`]);
});

test("a memory that cannot be written does not undo a delivery, one that cannot be read is read again", async () => {
  understandOnly("/inbox", "rfc9421");
  let broken = true;
  const signingAgain = createSigning(egress, {
    load: async () => {
      if (broken) throw new Error("away");
      return [];
    },
    save: () => Promise.reject(new Error("away")),
  });
  const post = { url: peer.url("/inbox"), body: "{}", actor };
  await expect(signingAgain.post(post)).rejects.toThrow("away");
  broken = false;
  expect((await signingAgain.post(post)).status).toBe(202);
});

test("an RFC 9421 signature is believed by a verifier", async () => {
  understandOnly("/inbox", "rfc9421");
  const body = JSON.stringify({ type: "Create", actor: ann.id });
  await signing.post({ url: peer.url("/inbox"), body, actor });
  const [, request] = peer.requestsFor("/inbox");
  expect(request?.headers["signature-input"]).toContain('"content-digest"');
  expect(request?.body.toString()).toBe(body);
});

test("neither understood: the answer is a 401, and nothing is remembered", async () => {
  understandOnly("/inbox", "none");
  for (let n = 0; n < 2; n += 1) {
    expect((await signing.post({ url: peer.url("/inbox"), body: "{}", actor })).status).toBe(401);
  }
  expect(kinds("/inbox")).toEqual(["draft-cavage", "rfc9421", "draft-cavage", "rfc9421"]);
});

test("a redirected GET is signed anew for where it goes", async () => {
  peer.redirect("/from", "/to");
  peer.document("/to", {});
  await signing.get({ url: peer.url("/from"), actor, accept: "application/activity+json" });
  const [from, to] = peer.requests.map(({ headers }) => headers["signature"]);
  expect(from).not.toBe(to);
});

test("a key that cannot sign is an error of ours and no answer of theirs", async () => {
  const broken = { keyId: "not a URL", privateKey: actor.privateKey };
  await expect(signing.post({ url: peer.url("/inbox"), body: "{}", actor: broken })).rejects.toThrow(
    TypeError,
  );
});

import { beforeEach, describe, expect, test } from "vitest";
import type { ConversationView, Sent } from "#protocol/api.ts";
import { serveSender } from "../helpers/captured-sender.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { answer } from "../helpers/hostile-answer.ts";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import { signCavage, type Sendable } from "../helpers/hostile-signing.ts";
import { rsaKeyPair } from "../helpers/keys.ts";
import { poll } from "../helpers/poll.ts";
import { readCaptured, resign } from "../helpers/resign.ts";

// Who is given what, by the requests that real servers make: GoToSocial, which asks about whoever asked it first, and Hollo.

const secret = "for Bob alone";
const unknown = "0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d";
const bobs = rsaKeyPair();
const lists = ["replies", "likes", "shares"];

interface Given {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** But for the date. */
  readonly headers: Readonly<Record<string, string>>;
}

type Asker = (path: string, headers?: Readonly<Record<string, string>>) => Promise<Given>;

let app: HostileApp;
/** Ann's message to Bob. */
let message: Sent["message"];
let bobId: string;
let byBob: HostileActor;
/** Of GoToSocial; whom ann wrote to. */
let bob: Asker;
/** Bob's server itself. */
let gotosocial: Asker;
/** Somebody of another server. */
let vic: Asker;
let nobody: Asker;

beforeEach(async () => {
  app = await startHostileApp();
  const { peer } = app;
  const uri = peer.url("/users/bob");
  serveSender(peer, "https://gts.test/users/bob", bobs);
  peer.answer("/users/bob/inbox", (_request, response) => void response.writeHead(202).end());
  byBob = { ...app.eve, id: uri, keyId: `${uri}/main-key`, keys: bobs };
  const said = app.create({ id: `${uri}/1`, attributedTo: uri }, { id: `${uri}/1/create`, actor: uri });
  expect((await app.send(app.signed(said, {}, byBob))).status).toBe(202);
  const [request] = await app.requests();
  const { id = "", messages = [] } = request ?? {};
  bobId = messages[0]?.authorId ?? "";
  message = await answer(app, id, secret);
  bob = (path, headers) => ask(asBob(path), headers);
  nobody = (path, headers) => ask(unsigned(path), headers);
  vic = as(app.vic);
  const actor = serveActor(peer, "instance");
  peer.document(actor.path, { ...actor.document, type: "Application" });
  gotosocial = as(actor);
});

/** Somebody who signs as GoToSocial does. */
function as({ keyId, keys: { privateKey } }: HostileActor): Asker {
  const covers = ["(request-target)", "host", "date"];
  return (path, headers) => ask(signCavage(unsigned(path), { keyId, privateKey, covers }), headers);
}

/** Something that ann does in her own client. */
async function mine<Answer>(method: string, path: string, json?: unknown): Promise<Answer> {
  const reply = await app.request(`/api/chat/v1${path}`, { method, token: app.ann.token, json });
  expect(reply.status).toBeLessThan(300);
  return reply.json as Answer;
}

async function say(conversationId: string): Promise<Sent["message"]> {
  const json = { text: secret, key: crypto.randomUUID() };
  return (await mine<Sent>("POST", `/conversations/${conversationId}/messages`, json)).message;
}

/** The captured request of GoToSocial, for another document. */
function asBob(target: string): Sendable {
  const replace = { "https://gts.test": app.peer.origin, "https://hollo.test": app.origin };
  return resign(readCaptured("get-gotosocial-hollo_hugo"), { replace, keys: bobs, target });
}

/** The same without a signature. */
function unsigned(target: string): Sendable {
  const { headers, ...request } = asBob(target);
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "signature")),
  };
}

async function ask(
  { target, headers }: Sendable,
  more: Readonly<Record<string, string>> = {},
): Promise<Given> {
  const response = await fetch(app.origin + target, { headers: { ...headers, ...more }, redirect: "manual" });
  const { date: _date, ...rest } = Object.fromEntries(response.headers);
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, type, text: await response.text(), headers: rest };
}

/** Everything that belongs to a message. */
function addressesOf(messageId: string): string[] {
  return [`/m/${messageId}`, ...lists.map((list) => `/m/${messageId}/${list}`)];
}

/** The activity that told of the message. */
async function activityPath(): Promise<string> {
  const { sql } = app.connection;
  const [row] = await sql<
    { id: string }[]
  >`select id from activity where type = 'Create' order by id desc limit 1`;
  return `/activities/${row?.id}`;
}

async function paths(): Promise<string[]> {
  return [...addressesOf(message.id), await activityPath()];
}

/** Holds that an asker cannot tell these from what does not exist. */
async function expectNothing(asker: Asker, asked: readonly string[]): Promise<void> {
  for (const path of asked) {
    const absent = await asker(path.replace(/[0-9a-f-]{36}/, unknown));
    expect([absent.status, absent.text]).toEqual([404, '{"error":"not_found"}']);
    expect(await asker(path), path).toEqual(absent);
    for (const accept of ["text/html,*/*;q=0.8", "*/*", "application/json"])
      expect(await asker(path, { accept }), path).toEqual(absent);
  }
}

describe("what anybody may read", () => {
  const empty = { totalItems: 0 };
  const documents = (id: string, origin: string): readonly [string, string, object][] => [
    [
      `/users/${id}`,
      "application/activity+json",
      { id: `${origin}/users/${id}`, publicKey: { id: `${origin}/users/${id}#main-key` } },
    ],
    [
      `/.well-known/webfinger?resource=acct:ann@${new URL(origin).host}`,
      "application/jrd+json",
      { subject: `acct:ann@${new URL(origin).host}` },
    ],
    [`/users/${id}/followers`, "application/activity+json", empty],
    [`/users/${id}/following`, "application/activity+json", empty],
    [`/users/${id}/outbox`, "application/activity+json", { ...empty, orderedItems: [] }],
    [`/users/${id}/featured`, "application/activity+json", { ...empty, orderedItems: [] }],
    ["/.well-known/nodeinfo", "application/json", {}],
    ["/nodeinfo/2.1", "application/json", { software: { name: "luciole" } }],
  ];

  test("is the same to all, says nothing of messages, and costs no request to anybody", async () => {
    await bob(`/m/${message.id}`); // from now on he is no stranger
    await mine("PUT", `/people/${bobId}/block`, { kind: "silent" });
    app.peer.requests.length = app.victim.requests.length = 0;
    for (const [path, type, shown] of documents(app.ann.id, app.origin)) {
      const given = await bob(path);
      expect([given.status, given.type.split(";")[0]], path).toEqual([200, type]);
      expect(JSON.parse(given.text), path).toMatchObject(shown);
      expect(given.text).not.toContain(message.id);
      expect(await nobody(path), path).toEqual(given);
      expect(await vic(path), path).toEqual(given);
    }
    expect([...app.peer.requests, ...app.victim.requests]).toEqual([]);
  });

  test("is the key by which a person signs, at the address without its fragment", async () => {
    const { text } = await bob(`/users/${app.ann.id}`);
    const { id, publicKey } = JSON.parse(text) as { id: string; publicKey: Record<string, string> };
    expect([publicKey["id"], publicKey["owner"]]).toEqual([`${id}#main-key`, id]);
    expect(publicKey["publicKeyPem"]).toContain("BEGIN PUBLIC KEY");
  });

  test("is a robots.txt that keeps searchers out and lets servers ask what runs here", async () => {
    const { status, type, text } = await nobody("/robots.txt");
    expect([status, type]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(text.split("\n")).toEqual(
      expect.arrayContaining(["User-agent: *", "Allow: /.well-known/", "Allow: /nodeinfo/", "Disallow: /"]),
    );
  });
});

describe("what one person may read", () => {
  test("is given to them as JSON, whatever they would rather have, and its lists are empty", async () => {
    for (const path of await paths()) {
      for (const accept of [{}, { accept: "text/html" }]) {
        const given = await bob(path, accept);
        expect([given.status, given.type], path).toEqual([200, "application/activity+json; charset=utf-8"]);
        expect(given.headers["cache-control"]).toBe("no-store");
        expect((JSON.parse(given.text) as { id: string }).id).toBe(app.origin + path);
      }
    }
    expect((await bob(`/m/${message.id}`)).text).toContain(secret);
    for (const list of lists) {
      const { text } = await bob(`/m/${message.id}/${list}`);
      expect(JSON.parse(text)).toMatchObject({ type: "Collection", totalItems: 0, items: [] });
    }
  });

  test("is to everybody else what does not exist", async () => {
    for (const asker of [nobody, vic]) await expectNothing(asker, await paths());
  });

  test("is nothing to them of what others said: theirs, or of another conversation", async () => {
    const bea = await app.person("bea");
    const { conversation } = await mine<ConversationView>("POST", "/conversations", { address: "@bea" });
    const between = await say(conversation.id);
    expect(bea.id).not.toBe(app.ann.id);
    await app.send(app.signed(app.create({ content: "by eve" })));
    const [theirs] = (await app.requests()).flatMap(({ messages }) => messages);
    for (const id of [between.id, theirs!.id]) await expectNothing(bob, addressesOf(id));
  });

  test("is gone to them once it is deleted, and never was to others", async () => {
    const asked = await paths();
    await mine("DELETE", `/messages/${message.id}?for=everyone`);
    for (const path of asked) {
      const { status, text } = await bob(path);
      expect([status, (JSON.parse(text) as { type: string }).type], path).toEqual([410, "Tombstone"]);
      expect(text).not.toContain(secret);
    }
    for (const asker of [nobody, vic]) await expectNothing(asker, asked);
  });

  test.each(["open", "silent"])("is nothing to whom its author blocks (%s), deleted or not", async (kind) => {
    const asked = await paths();
    for (const asker of [bob, gotosocial]) expect((await asker(`/m/${message.id}`)).text).toContain(secret);
    await mine("PUT", `/people/${bobId}/block`, { kind });
    for (const asker of [bob, gotosocial]) await expectNothing(asker, asked);
    await mine("DELETE", `/messages/${message.id}?for=everyone`);
    await expectNothing(bob, asked);
    await mine("DELETE", `/people/${bobId}/block`);
    expect((await bob(`/m/${message.id}`)).status).toBe(410);
  });

  test("is nothing to who blocks its author", async () => {
    const asked = await paths();
    const actor = app.peer.url("/users/bob");
    const block = { id: `${actor}/blocks/1`, type: "Block", actor, object: app.ann.uri };
    expect((await app.send(app.signed(block, {}, byBob))).status).toBe(202);
    await expectNothing(bob, asked);
  });

  test("is nothing to whom it was never delivered", async () => {
    app.peer.answer("/users/bob/inbox", (_request, response) => void response.writeHead(403).end());
    const refused = await say(message.conversationId);
    await poll("the delivery is refused", async () => {
      const { deliveries } = await mine<Sent>("GET", `/messages/${refused.id}`);
      return deliveries.some(({ state }) => state === "refused");
    });
    await expectNothing(bob, addressesOf(refused.id));
  });
});

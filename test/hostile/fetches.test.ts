import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { HostilePeer, type Answer } from "../hostile-peer.ts";
import { actorDocument, serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { answer } from "../helpers/hostile-answer.ts";
import { startHostileApp, type Activity, type HostileApp } from "../helpers/hostile-app.ts";
import type { Sendable } from "../helpers/hostile-signing.ts";
import { pemOf, rsaKeyPair } from "../helpers/keys.ts";

/** Where nothing may be asked: this machine, its network, and names that lead there, however they are written. */
const within = [
  "127.0.0.1",
  "[::1]",
  "0.0.0.0",
  "[::]",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "[::ffff:7f00:1]",
  "[::ffff:127.0.0.1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
  "[3fff::1]",
  "[100::1]",
  "[fe80::1]",
  "[fd00::1]",
  "0x7f.1",
  "0x7f000001",
  "017700000001",
  "2130706433",
  "127.1",
  "127.0.0.1.",
  "１２７.０.０.１",
  "localhost",
  "localhost.",
  "LOCALHOST",
  "a.localhost",
  "abcdefghij.onion",
  "printer.local",
  "printer.local.",
  "example.i2p",
  "metadata.google.internal",
  "intranet",
];

/** In headers stands ASCII. */
const withinAscii = within.filter((host) => /^[ -~]+$/.test(host));

/** Somebody of that origin, whose key is eve's. */
function at(app: HostileApp, origin: string): HostileActor {
  const id = `${origin}/users/eve`;
  return { ...app.eve, id, keyId: `${id}#main-key`, path: "/users/eve" };
}

/** A message by somebody, signed in their name with eve's key. */
function by(app: HostileApp, actor: HostileActor): Sendable {
  const said = app.create(
    { id: `${actor.id}/1`, attributedTo: actor.id },
    { id: `${actor.id}/2`, actor: actor.id },
  );
  return app.signed(said, {}, actor);
}

function each(names: readonly string[], make: (name: string) => Sendable): Record<string, Sendable> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** A server that nobody may reach. */
async function trap(): Promise<HostilePeer> {
  const peer = await HostilePeer.start();
  onTestFinished(() => peer.close());
  return peer;
}

test("IF-46: keys at addresses within, in every form: nothing is connected to", async () => {
  const app = await startHostileApp();
  const listening = await trap();
  const port = listening.origin.replace(/^.*:/, "");
  await app.withstands(
    {
      ...each(withinAscii, (host) => by(app, at(app, `https://${host}`))),
      ...each(withinAscii, (host) => by(app, at(app, `http://${host}`))),
      ...each(within.slice(0, 4), (host) => by(app, at(app, `http://${host}:${port}`))),
    },
    { status: 401, asked: [] },
  );
  expect(listening.connections).toBe(0);
});

test("IF-46: addressees, parents, files and messages at addresses within: nothing is connected to", async () => {
  const app = await startHostileApp();
  const listening = await trap();
  const port = listening.origin.replace(/^.*:/, "");
  const origins = [
    ...within.map((host) => `https://${host}`),
    `http://127.0.0.1:${port}`,
    `http://localhost:${port}`,
  ];
  const origin = (make: (origin: string) => Activity) => each(origins, (one) => app.signed(make(one)));
  expect((await app.send(app.signed(app.create()))).status).toBe(202); // from now on eve is known
  await app.withstands(
    origin((one) => app.create({ to: [app.ann.uri, `${one}/users/x`] })),
    { status: 202 },
  );
  await app.withstands(
    origin((one) => ({ ...app.create(), object: `${one}/notes/1` })),
    { status: 202 },
  );
  await app.withstands(
    origin((one) => ({ ...app.create(), type: "Announce", object: `${one}/notes/1` })),
    { status: 202 },
  );
  const said = {
    inReplyTo: `${origins[0]}/1`,
    context: `${origins[0]}/c`,
    tag: [{ type: "Emoji", icon: { url: `${origins[0]}/e.png` } }],
  };
  const files = { attachment: origins.slice(0, 16).map((one) => ({ type: "Image", url: `${one}/x.png` })) };
  expect((await app.send(app.signed(app.create({ ...said, ...files })))).status).toBe(202);
  expect(app.strangers).toEqual([]);
  expect(listening.connections).toBe(0);
});

test("IF-48: a key behind redirects that lead too far, round, inside, elsewhere, or nowhere", async () => {
  const app = await startHostileApp();
  const { peer, victim, eve } = app;
  const listening = await trap();
  const end = (name: string) => `/users/${name}`;
  const document = (id: string) =>
    actorDocument(id, { id: `${id}#main-key`, owner: id, publicKeyPem: pemOf(eve.keys) });
  const ways: Record<string, readonly string[]> = {
    chain: ["/r1", "/r2", "/r3", "/r4"],
    loop: [end("loop")],
    private: ["https://10.0.0.1/"],
    metadata: ["http://169.254.169.254/latest/meta-data/"],
    trap: [listening.url("/")],
    file: ["file:///etc/passwd"],
    data: [
      `data:application/activity+json,${encodeURIComponent(JSON.stringify(document(peer.url(end("data")))))}`,
    ],
    script: ["javascript:alert(1)"],
    elsewhere: [victim.url(end("elsewhere"))],
    ours: [app.ann.uri],
    user: [peer.url(end("user")).replace("://", "://a:b@")],
    nonsense: ["http://["],
  };
  peer.document("/r4", document(peer.url(end("chain"))));
  victim.document(end("elsewhere"), document(peer.url(end("elsewhere"))));
  for (const [name, steps] of Object.entries(ways)) {
    for (const [n, to] of steps.entries()) peer.redirect(n === 0 ? end(name) : (steps[n - 1] ?? ""), to);
  }
  const asked = [...Object.keys(ways).map(end), "/r1", "/r2", "/r3"];
  const somebody = (name: string) => ({
    ...at(app, peer.origin),
    id: peer.url(end(name)),
    keyId: `${peer.url(end(name))}#main-key`,
  });
  await app.withstands(
    each(Object.keys(ways), (name) => by(app, somebody(name))),
    { status: 401, asked },
  );
  expect(listening.connections).toBe(0);
});

test("IF-49: answers without end, too large, packed too well, of another type, or no answers", async () => {
  const app = await startHostileApp();
  const { peer, eve } = app;
  const type = { "content-type": "application/activity+json" };
  const say =
    (body: Buffer | string, headers: Readonly<Record<string, string>> = type): Answer =>
    (_request, response) =>
      void response.writeHead(200, { ...headers }).end(body);
  const id = (name: string) => peer.url(`/users/${name}`);
  const document = (name: string) =>
    JSON.stringify(
      actorDocument(id(name), { id: `${id(name)}#main-key`, owner: id(name), publicKeyPem: pemOf(eve.keys) }),
    );
  const answers: Record<string, Answer> = {
    endless: (_request, response) => {
      response.writeHead(200, type);
      const push = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536))) continue;
        response.once("drain", push);
      };
      push();
    },
    large: say(`${document("large").slice(0, -1)},"x":"${"x".repeat(1024 * 1024)}"}`),
    fifty: say(Buffer.alloc(50_000_000, 32)),
    bomb: say(gzipSync(Buffer.alloc(50_000_000, 32)), { ...type, "content-encoding": "gzip" }),
    twice: say(gzipSync(gzipSync(document("twice"))), { ...type, "content-encoding": "gzip, gzip" }),
    html: say(document("html"), { "content-type": "text/html" }),
    uploaded: say(document("uploaded"), { "content-type": "application/json" }),
    untyped: say(document("untyped"), {}),
    list: say("[]"),
    page: say("<html>"),
    deep: say("[".repeat(10_000)),
    forbidden: (_request, response) => void response.writeHead(403).end(document("forbidden")),
    empty: say(""),
  };
  for (const [name, each] of Object.entries(answers)) peer.answer(`/users/${name}`, each);
  const somebody = (name: string) => ({ ...eve, id: id(name), keyId: `${id(name)}#main-key` });
  await app.withstands(
    each(Object.keys(answers), (name) => by(app, somebody(name))),
    {
      status: 401,
      asked: Object.keys(answers).map((name) => `/users/${name}`),
    },
  );
});

test("IF-50: keys over plain http, at another port, with a user in the address, or on our own server", async () => {
  const app = await startHostileApp();
  const own = app.ann.uri;
  const host = new URL(app.peer.origin).host;
  await app.withstands(
    {
      ...each(
        ["http://b.example", "https://b.example:8443", "https://b.example:80", "https://b.example:22"],
        (origin) => by(app, at(app, origin)),
      ),
      user: by(app, at(app, `http://eve@${host}`)),
      "user and password": by(app, at(app, `http://eve:secret@${host}`)),
      "our own ann": by(app, { ...app.eve, id: own, keyId: `${own}#main-key` }),
      "our own server": by(app, {
        ...app.eve,
        id: `${app.origin}/actor`,
        keyId: `${app.origin}/actor#main-key`,
      }),
      "our own host in capitals": by(app, at(app, app.origin.replace("localhost", "LOCALHOST"))),
    },
    { status: 401, asked: [] },
  );
});

test("IF-53: actor documents of whom nobody should hear", async () => {
  const app = await startHostileApp();
  const { peer, victim, eve, vic } = app;
  const changes: Record<string, Activity> = {
    "the inbox of vic": { inbox: `${vic.id}/inbox` },
    "an inbox within": { inbox: "https://10.0.0.1/inbox" },
    "an inbox on our server": { inbox: `${app.ann.uri}/inbox` },
    "an inbox that is none": { inbox: "javascript:alert(1)" },
    "no inbox": { inbox: undefined },
    "an address for a name": { preferredUsername: "ann@a.example" },
    "a name that turns the line": { preferredUsername: "ann\u202eeve" },
    "a name with unseen letters": { preferredUsername: "ann\u200b" },
    "a name in letters like others": { preferredUsername: "\u0430nn" },
    "a name of 300 letters": { preferredUsername: "a".repeat(300) },
    "no name": { preferredUsername: undefined },
    "no type": { type: undefined },
  };
  const people = Object.entries(changes).map(([name, change], n) => {
    const actor = serveActor(peer, `odd${n}`, eve.keys);
    peer.document(actor.path, { ...actor.document, ...change });
    return [name, actor] as const;
  });
  const wrongId = serveActor(peer, "wrong", eve.keys);
  peer.document(wrongId.path, { ...wrongId.document, id: vic.id });
  const manyKeys = serveActor(peer, "many", eve.keys);
  const key = (n: number) => ({ id: `${manyKeys.id}#${n}`, owner: manyKeys.id, publicKeyPem: "x" });
  peer.document(manyKeys.path, {
    ...manyKeys.document,
    publicKey: Array.from({ length: 10_000 }, (_, n) => key(n)),
  });
  await app.withstands(
    {
      ...Object.fromEntries(people.map(([name, actor]) => [name, by(app, actor)])),
      "the id of vic": by(app, wrongId),
      "10,000 keys": by(app, manyKeys),
    },
    { status: [202, 401], asked: [...people.map(([, { path }]) => path), wrongId.path, manyKeys.path] },
  );
  expect(victim.connections).toBe(0);
});

test("IF-53: a shared inbox on vic's server is sent nothing, and a long name that turns is cut and put in one line", async () => {
  const app = await startHostileApp();
  const { peer, victim, eve, vic } = app;
  peer.document(eve.path, {
    ...eve.document,
    name: `Ann \u202e(admin)\n\n${"x".repeat(10_000)}`,
    endpoints: { sharedInbox: `${vic.id}/inbox` },
    sharedInbox: `${vic.id}/inbox`,
  });
  peer.answer(`${eve.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  expect((await app.send(app.signed(app.create()))).status).toBe(202);
  const [request] = await app.requests();
  await answer(app, request?.id ?? "", "for eve alone");
  expect(peer.requestsFor(`${eve.path}/inbox`)).toHaveLength(1);
  expect([victim.connections, app.strangers]).toEqual([0, []]);
  const [row] = await app.connection.sql<{ name: string; host: string }[]>`
    select name, host from person where uri = ${eve.id}`;
  expect(row?.name).toMatch(/^Ann \(admin\) ?x{10,60}$/);
  expect(row?.host).toBe(new URL(eve.id).host);
});

test("IF-53: a stranger's message makes us ask no server what it runs, and none is asked when it is read", async () => {
  const app = await startHostileApp();
  const { ann, eve, vic, peer, victim } = app;
  expect((await app.send(app.signed(app.create({ to: [ann.uri, vic.id] })))).status).toBe(202);
  const [request] = await app.requests();
  const path = `/api/chat/v1/conversations/${request?.id}`;
  const { token } = ann;
  expect((await app.request(`${path}/reach`, { token })).status).toBe(200);
  expect(new Set([...peer.requests, ...victim.requests].map(({ url }) => url))).toEqual(
    new Set([eve.path, vic.path]),
  );
  await app.request(`${path}/accept`, { method: "POST", token });
  await app.request(`${path}/reach`, { token });
  expect([...peer.requests, ...victim.requests].filter(({ url }) => url.includes("nodeinfo"))).toHaveLength(
    2,
  );
});

test("IF-54: nobody takes vic's place by a key of their own, or by one that was taken back", async () => {
  const app = await startHostileApp();
  const { peer, victim, eve, vic } = app;
  const hello = (keys = vic.keys) => by(app, { ...vic, keys });
  expect((await app.send(hello())).status).toBe(202);
  const person = {
    ...vic.document,
    name: "not vic",
    publicKey: { id: vic.keyId, owner: vic.id, publicKeyPem: pemOf(eve.keys) },
  };
  const update = (actor: string, id: string) => ({
    id,
    type: "Update",
    actor,
    to: [app.ann.uri],
    object: person,
  });
  await app.withstands(
    {
      "eve as eve": app.signed(update(eve.id, `${eve.id}/u1`)),
      "eve as vic": app.signed(update(vic.id, `${vic.id}/u2`)),
      "eve with vic's key id": app.signed(update(vic.id, `${vic.id}/u3`), {}, { ...vic, keys: eve.keys }),
      ...Object.fromEntries([1, 2, 3].map((n) => [`again ${n}`, hello(eve.keys)])),
    },
    { status: [202, 401], asked: [eve.path, vic.path] },
  );
  expect(victim.requestsFor(vic.path)).toHaveLength(1); // asked again once a minute, however many do not fit
  const rotating = serveActor(peer, "rotating", eve.keys);
  expect((await app.send(by(app, rotating))).status).toBe(202);
  const next = serveActor(peer, "rotating", rsaKeyPair());
  expect((await app.send(by(app, next))).status).toBe(202);
  await app.withstands({ "by the old key": by(app, rotating) }, { status: 401, asked: [] });
});

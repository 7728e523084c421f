import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memoryKeyStore } from "../../test/helpers/guarded-inbox.ts";
import { actorDocument, serveActor, type HostileActor } from "../../test/helpers/hostile-actor.ts";
import { HostileScene } from "../../test/helpers/hostile-scene.ts";
import { signCavage } from "../../test/helpers/hostile-signing.ts";
import { pemOf, rsaKeyPair, type KeyPair } from "../../test/helpers/keys.ts";
import { HostilePeer, type Answer } from "../../test/hostile-peer.ts";

let scene: HostileScene;

beforeAll(async () => {
  scene = await HostileScene.start();
});

beforeEach(() => scene.renew());

afterAll(() => scene.close());

/** What becomes of a Create by an actor, signed with a key; by default eve's. */
function sent(actorUri: string, keyId: string, keys: KeyPair = scene.eve.keys): Promise<string> {
  return scene.outcome(signCavage(scene.unsigned(scene.create(actorUri)), scene.as({ keyId }, keys)));
}

const byVic = (keys = scene.vic.keys) => sent(scene.vic.id, scene.vic.keyId, keys);

const key = (id: string, owner: string, keys: KeyPair = scene.eve.keys) => ({
  id,
  owner,
  publicKeyPem: pemOf(keys),
});

describe("a key counts only when key and owner name each other", () => {
  test("a key document of eve's that names vic as its owner is refused (IF-07)", async () => {
    const keyId = scene.evil.url("/keys/1");
    scene.evil.document("/keys/1", key(keyId, scene.vic.id));
    expect(await sent(scene.vic.id, keyId)).toBe("401 actor_not_signer");
    expect(await sent(scene.eve.id, keyId)).toBe("401 key_refused");
    expect(scene.victim.requests.length).toBeLessThanOrEqual(1);
  });

  test("an actor document of eve's that gives its key to vic is refused", async () => {
    const id = scene.evil.url("/users/liar");
    scene.evil.document("/users/liar", actorDocument(id, key(`${id}#main-key`, scene.vic.id)));
    expect(await sent(id, `${id}#main-key`)).toBe("401 key_refused");
  });

  test("eve's server that serves vic's whole document, with eve's key in it, is refused", async () => {
    const document = actorDocument(scene.vic.id, key(scene.evil.url("/users/fake#main-key"), scene.vic.id));
    scene.evil.document("/users/fake", document);
    expect(await sent(scene.evil.url("/users/fake"), scene.evil.url("/users/fake#main-key"))).toBe(
      "401 key_refused",
    );
  });

  test("a key document that names another actor of its own server, who does not name it, is refused", async () => {
    const other = serveActor(scene.evil, "innocent", rsaKeyPair());
    scene.evil.document("/keys/2", key(scene.evil.url("/keys/2"), other.id));
    expect(await sent(other.id, scene.evil.url("/keys/2"))).toBe("401 key_refused");
  });

  test("a key that stands alone and is named by its owner is accepted", async () => {
    const [id, keyId] = [scene.evil.url("/users/apart"), scene.evil.url("/keys/3")];
    scene.evil.document("/keys/3", key(keyId, id));
    scene.evil.document("/users/apart", actorDocument(id, keyId));
    expect(await sent(id, keyId)).toBe("202");
  });

  test("where the owner's document holds the key too, what it holds is what counts", async () => {
    const [id, keyId] = [scene.evil.url("/users/two"), scene.evil.url("/keys/4")];
    const real = rsaKeyPair();
    scene.evil.document("/keys/4", key(keyId, id));
    scene.evil.document("/users/two", actorDocument(id, [key(keyId, id, real)]));
    expect(await sent(id, keyId)).toBe("401 signature_wrong");
    expect(await sent(id, keyId, real)).toBe("202");
  });

  test("a key under a path of its actor, served as a stub, is accepted by its owner and not by its path", async () => {
    const id = scene.evil.url("/users/stub");
    const keyId = `${id}/main-key`;
    const stub = { id, type: "Person", preferredUsername: "stub", publicKey: key(keyId, id) };
    scene.evil.document("/users/stub/main-key", stub);
    scene.evil.document("/users/stub", actorDocument(id, key(keyId, id)));
    expect(await sent(id, keyId)).toBe("202");
    expect(scene.fetches).toEqual(["/users/stub/main-key", "/users/stub"]);
  });

  test("a key that is one of many in its actor's document is found", async () => {
    const id = scene.evil.url("/users/many");
    const keys = Array.from({ length: 50 }, (_, n) => key(`${id}#key-${n}`, id));
    scene.evil.document("/users/many", actorDocument(id, ["https://x.example/", null, ...keys]));
    expect(await sent(id, `${id}#key-49`)).toBe("202");
    expect(await sent(id, `${id}#key-50`)).toBe("401 key_refused");
  });
});

test.each([
  ["an RSA key of 1,024 bits", (): string => pemOf(rsaKeyPair(1024))],
  ["no PEM", (): string => "key"],
  ["a PEM of nothing", (): string => "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ["a PEM of half a megabyte", (): string => `${pemOf(scene.eve.keys)}${"\n".repeat(500_000)}`],
])("%s is no key", async (_name, publicKeyPem) => {
  const id = scene.evil.url("/users/weak");
  scene.evil.document(
    "/users/weak",
    actorDocument(id, { id: `${id}#k`, owner: id, publicKeyPem: publicKeyPem() }),
  );
  expect(await sent(id, `${id}#k`)).toBe("401 key_refused");
});

test("a Multikey of half a megabyte, or of nonsense, is no key", async () => {
  const id = scene.evil.url("/users/multi");
  for (const publicKeyMultibase of ["z1", "", "z".repeat(500_000), "u7QEAAA"]) {
    await scene.renew();
    const method = { id: `${id}#k`, controller: id, type: "Multikey", publicKeyMultibase };
    scene.evil.document("/users/multi", { ...actorDocument(id, []), assertionMethod: method });
    expect(await sent(id, `${id}#k`)).toBe("401 key_refused");
  }
});

describe("a key at an address where nothing may be asked is refused with no connection (IF-46, IF-50)", () => {
  test.each([
    "https://127.0.0.1",
    "https://[::1]",
    "https://0.0.0.0",
    "https://10.0.0.1",
    "https://169.254.169.254",
    "https://[::ffff:7f00:1]",
    "https://[64:ff9b::7f00:1]",
    "https://[3fff::1]",
    "https://0x7f.1",
    "https://2130706433",
    "https://localhost.",
    "https://abc.onion",
    "https://metadata.google.internal",
    "http://b.example",
    "https://b.example:8443",
  ])("%s", async (origin) => {
    expect(await sent(`${origin}/users/eve`, `${origin}/users/eve#main-key`)).toBe("401 key_refused");
  });

  test("another port of loopback, and our own host", async () => {
    const trap = await HostilePeer.start();
    const own = scene.inbox.origin;
    expect(await sent(trap.url("/users/eve"), trap.url("/users/eve#main-key"))).toBe("401 key_refused");
    expect(await sent(`${own}/users/bob`, `${own}/users/bob#main-key`)).toBe("401 key_refused");
    expect(trap.connections).toBe(0);
    await trap.close();
  });
});

describe("redirects (IF-48)", () => {
  const end = "/users/redirected";

  test.each([
    ["a chain of four", ["/r1", "/r2", "/r3", "/r4"], () => "/nowhere"],
    ["a loop", ["/r1"], () => "/users/redirected"],
    ["to a private address", [], () => "https://127.0.0.1/"],
    ["to a file", [], () => "file:///etc/passwd"],
    ["to data", [], () => "data:application/activity+json,{}"],
    ["to another origin with the same body", [], () => scene.victim.url(end)],
  ])("%s: refused", async (_name, steps, last) => {
    const id = scene.evil.url(end);
    const path = [end, ...steps];
    for (const [n, from] of path.entries()) scene.evil.redirect(from, path[n + 1] ?? last());
    scene.evil.document("/nowhere", actorDocument(id, key(`${id}#main-key`, id)));
    scene.victim.document(end, actorDocument(id, key(`${id}#main-key`, id)));
    expect(await sent(id, `${id}#main-key`)).toBe("401 key_refused");
  });
});

describe("a server that answers badly", () => {
  const activityJson = { "content-type": "application/activity+json" };

  test.each<[name: string, answer: Answer]>([
    [
      "an endless body",
      (_request, response) => {
        response.writeHead(200, activityJson);
        const push = (): void => {
          while (!response.destroyed && response.write("x".repeat(65_536))) continue;
          response.once("drain", push);
        };
        push();
      },
    ],
    [
      "50 MB",
      (_request, response) => void response.writeHead(200, activityJson).end(Buffer.alloc(50_000_000, 32)),
    ],
    [
      "a bomb",
      (_request, response) => {
        const packed = gzipSync(Buffer.alloc(20_000_000, 32));
        response.writeHead(200, { ...activityJson, "content-encoding": "gzip" }).end(packed);
      },
    ],
    ["HTML", (_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("{}")],
    ["no type", (_request, response) => void response.writeHead(200).end("{}")],
    ["a list", (_request, response) => void response.writeHead(200, activityJson).end("[]")],
    ["no JSON", (_request, response) => void response.writeHead(200, activityJson).end("<html>")],
    [
      "10,000 levels",
      (_request, response) => void response.writeHead(200, activityJson).end("[".repeat(10_000)),
    ],
    ["403", (_request, response) => void response.writeHead(403).end()],
    ["404", (_request, response) => void response.writeHead(404).end()],
  ])("with %s: refused for good (IF-49)", async (_name, answer) => {
    const id = scene.evil.url("/users/bad");
    scene.evil.answer("/users/bad", answer);
    expect(await sent(id, `${id}#main-key`)).toBe("401 key_refused");
    expect(await sent(id, `${id}#main-key`)).toBe("401 key_refused");
    expect(scene.fetches).toHaveLength(1);
  });

  test("with a file that somebody uploaded, as plain JSON: refused (IF-49)", async () => {
    const id = scene.evil.url("/media/1.json");
    scene.evil.document("/media/1.json", actorDocument(id, key(`${id}#k`, id)), "application/json");
    expect(await sent(id, `${id}#k`)).toBe("401 key_refused");
  });

  test.each<[name: string, answer: Answer]>([
    ["silence", () => {}],
    [
      "one byte and then nothing",
      (_request, response) => void response.writeHead(200, activityJson).write("{"),
    ],
    [
      "a byte now and then",
      (_request, response) => {
        response.writeHead(200, activityJson);
        const more = setInterval(() => response.write(" "), 50);
        response.once("close", () => clearInterval(more));
      },
    ],
    [
      "headers that never end",
      (_request, response) => void response.socket?.write("HTTP/1.1 200 OK\r\nx: y\r\n"),
    ],
    ["a cut connection", (_request, response) => void response.socket?.destroy()],
    ["502", (_request, response) => void response.writeHead(502).end()],
    ["429", (_request, response) => void response.writeHead(429).end()],
  ])(
    "with %s: the sender is asked to come again, and may be believed then (IF-49)",
    async (_name, answer) => {
      let later = 0;
      await scene.renew({ timeoutMs: 200, now: () => new Date(Date.now() + later) });
      const actor = serveActor(scene.evil, "shaky");
      scene.evil.answer(actor.path, answer);
      expect(await sent(actor.id, actor.keyId, actor.keys)).toBe("503 key_unavailable");
      expect(await sent(actor.id, actor.keyId, actor.keys)).toBe("503 key_unavailable");
      scene.evil.document(actor.path, actor.document);
      later = 30_000;
      expect(await sent(actor.id, actor.keyId, actor.keys)).toBe("202");
    },
  );
});

describe("a key in use", () => {
  test("is fetched again at most once a minute, however many signatures do not fit (IF-54)", async () => {
    let later = 0;
    await scene.renew({ now: () => new Date(Date.now() + later) });
    expect(await byVic()).toBe("202");
    for (let n = 0; n < 5; n += 1) expect(await byVic(scene.eve.keys)).toBe("401 signature_wrong");
    expect(scene.victim.requestsFor(scene.vic.path)).toHaveLength(2);
    later = 61_000;
    for (let n = 0; n < 5; n += 1) expect(await byVicAt(later, scene.eve.keys)).toBe("401 signature_wrong");
    expect(scene.victim.requestsFor(scene.vic.path)).toHaveLength(3);
    expect(await byVicAt(later, scene.vic.keys)).toBe("202");
  });

  test("gives way to the next key at once, and is worth nothing from then on (IF-54)", async () => {
    const actor = serveActor(scene.evil, "rotating");
    expect(await sent(actor.id, actor.keyId, actor.keys)).toBe("202");
    const next = serveActor(scene.evil, "rotating", rsaKeyPair());
    expect(await sent(actor.id, actor.keyId, next.keys)).toBe("202");
    expect(await sent(actor.id, actor.keyId, actor.keys)).toBe("401 signature_wrong");
  });

  test("is asked for again after a day: taken back it ends, unreachable it goes on", async () => {
    let later = 0;
    const store = memoryKeyStore();
    await scene.renew({ store, now: () => new Date(Date.now() + later) });
    const actor = serveActor(scene.evil, "ageing");
    const sentNow = () => sentAt(later, actor);
    expect(await sentNow()).toBe("202");
    later = 25 * 3_600_000;
    scene.evil.answer(actor.path, (_request, response) => void response.writeHead(500).end());
    expect(await sentNow()).toBe("202");
    later += 60_000;
    scene.evil.document(actor.path, actorDocument(actor.id, []));
    expect(await sentNow()).toBe("401 key_refused");
    expect(store.rows.size).toBe(0);
  });

  test("is known after a restart without asking anybody", async () => {
    const store = memoryKeyStore();
    await scene.renew({ store });
    expect(await byVic()).toBe("202");
    expect([...store.rows.values()]).toMatchObject([
      { ownerUri: scene.vic.id, algorithm: "rsa-v1_5-sha256" },
    ]);
    await scene.renew({ store });
    expect(await byVic()).toBe("202");
    expect(scene.fetches).toEqual([]);
  });

  test("wanted by many messages at once is fetched once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => scene.inbox.send(vicsMessage())));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(scene.victim.requests).toHaveLength(1);
  });
});

const vicsMessage = () =>
  signCavage(scene.unsigned(scene.create(scene.vic.id)), scene.as(scene.vic, scene.vic.keys));

/** As `sent`, dated later and with the actor's own key. */
function sentAt(
  later: number,
  { id, keyId, keys }: Pick<HostileActor, "id" | "keyId" | "keys">,
): Promise<string> {
  const date = new Date(Date.now() + later).toUTCString();
  return scene.outcome(signCavage(scene.unsigned(scene.create(id), { date }), scene.as({ keyId }, keys)));
}

const byVicAt = (later: number, keys: KeyPair) => sentAt(later, { ...scene.vic, keys });

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { receivedActivity } from "#db/schema/federation.ts";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import { without } from "../helpers/hostile-scene.ts";
import { sha256, signCavage, signRfc9421, type Sendable, type Signing } from "../helpers/hostile-signing.ts";
import { pemOf } from "../helpers/keys.ts";
import { malformedSignatures } from "../helpers/malformed-signatures.ts";

const seconds = (ago = 0): number => Math.floor(Date.now() / 1000) - ago;
const httpDate = (ago = 0): string => new Date(Date.now() - ago * 1000).toUTCString();

/** A Create of eve's, signed in another way than it should be. */
function byEve(
  app: HostileApp,
  signing: Partial<Signing>,
  headers: Readonly<Record<string, string>> = {},
): Sendable {
  const { keyId, keys } = app.eve;
  return signCavage(app.unsigned(app.create(), headers), {
    keyId,
    privateKey: keys.privateKey,
    ...signing,
  });
}

/** The same by RFC 9421. */
function byEve9421(app: HostileApp, signing: Partial<Signing>): Sendable {
  const { keyId, keys } = app.eve;
  const activity = app.create();
  const digest = `sha-256=:${sha256(JSON.stringify(activity))}:`;
  return signRfc9421(app.unsigned(activity, { "content-digest": digest }), {
    keyId,
    privateKey: keys.privateKey,
    authority: app.origin,
    ...signing,
  });
}

test("IF-01: a request without a signature", async () => {
  const app = await startHostileApp();
  await app.withstands({ unsigned: app.unsigned(app.create()) }, { status: 401, asked: [] });
});

test("IF-02: more than twenty malformed signatures, alone and beside a Signature-Input", async () => {
  const app = await startHostileApp();
  const malformed = malformedSignatures(app.eve.keyId);
  expect(malformed.length).toBeGreaterThan(20);
  const input = `sig1=("@method" "@target-uri" "content-digest");keyid="${app.eve.keyId}"`;
  const attacks = malformed.flatMap((signature, n): [string, Sendable][] => [
    [`${n}: ${signature.slice(0, 60)}`, app.unsigned(app.create(), { signature })],
    [
      `${n}, with an input: ${signature.slice(0, 60)}`,
      app.unsigned(app.create(), { signature, "signature-input": input }),
    ],
  ]);
  await app.withstands(Object.fromEntries(attacks), { status: 401, asked: [] });
});

test("IF-03: a signature by another key under the right key's id", async () => {
  const app = await startHostileApp();
  const { vic, eve } = app;
  const activity = app.create(
    { id: `${vic.id}/1`, attributedTo: vic.id },
    { id: `${vic.id}/2`, actor: vic.id },
  );
  const forged = app.signed(activity, {}, { ...vic, keys: eve.keys });
  await app.withstands({ forged }, { status: 401, asked: [vic.path] });
});

test("IF-04: a digest of another body, none, weak ones alone, and two of which one is wrong", async () => {
  const app = await startHostileApp();
  const weak = (hash: string) => createHash(hash).update(JSON.stringify(app.create())).digest("base64");
  const covers = ["(request-target)", "host", "date"];
  const wrong = `SHA-256=${sha256("another body")}`;
  const right = app.unsigned(app.create()).headers["digest"];
  await app.withstands(
    {
      "another body": { ...app.signed(app.create()), body: JSON.stringify(app.create()) },
      none: without(byEve(app, { covers }), "digest"),
      MD5: byEve(app, {}, { digest: `MD5=${weak("md5")}` }),
      "SHA-1": byEve(app, {}, { digest: `SHA=${weak("sha1")}` }),
      "two, the second wrong": byEve(app, {}, { digest: `${right}, ${wrong}` }),
      "two, the first wrong": byEve(app, {}, { digest: `${wrong},${right}` }),
      "one wrong of each kind": byEve(app, {}, { "content-digest": `sha-256=:${sha256("other")}:` }),
    },
    { status: 401, asked: [] },
  );
});

test("IF-05: times outside of five minutes, in either direction, missing, nonsense, or run out", async () => {
  const app = await startHostileApp();
  const dates = [httpDate(310), httpDate(-310), httpDate(25 * 3600), "now", "", "2026-11-22T08:00:00Z"];
  const covers = ["(request-target)", "host", "digest"];
  const created = (ago: number) =>
    byEve(app, {
      covers: ["(request-target)", "(created)", "host", "date", "digest"],
      parameters: { algorithm: "hs2019", created: seconds(ago) },
    });
  await app.withstands(
    {
      ...Object.fromEntries(dates.map((date) => [`date ${date}`, byEve(app, {}, { date })])),
      "no date": without(byEve(app, { covers }), "date"),
      "created long ago": created(400),
      "created in the future": created(-400),
      expired: byEve(app, { parameters: { expires: seconds(5) } }),
      "RFC 9421 without created": byEve9421(app, { parameters: {} }),
      "RFC 9421 created long ago": byEve9421(app, { parameters: { created: seconds(400) } }),
      "RFC 9421 expired": byEve9421(app, { parameters: { created: seconds(), expires: seconds(5) } }),
    },
    { status: 401, asked: [] },
  );
});

test("IF-06: eve's own key under an activity of vic, and of somebody else of her server", async () => {
  const app = await startHostileApp();
  const mallory = `${app.peer.origin}/users/mallory`;
  const attacks = () => ({
    vic: app.signed(app.create({ attributedTo: app.vic.id }, { actor: app.vic.id })),
    mallory: app.signed(app.create({ attributedTo: mallory }, { actor: mallory })),
  });
  await app.withstands(attacks(), { status: 401 });
  await app.send(app.signed(app.create())); // and when her key is known already
  await app.withstands(attacks(), { status: 401, asked: [] });
});

test("IF-07: a key document that names another owner, of another server and of the same one", async () => {
  const app = await startHostileApp();
  const { peer, eve, vic } = app;
  const innocent = `${peer.origin}/users/innocent`;
  peer.document("/users/innocent", { ...eve.document, id: innocent, publicKey: [] });
  const publicKeyPem = pemOf(eve.keys);
  const as = (path: string, owner: string, actor: string) => {
    const keyId = peer.url(path);
    peer.document(path, { id: keyId, owner, publicKeyPem });
    return app.signed(app.create({ attributedTo: actor }, { actor }), {}, { ...eve, keyId });
  };
  peer.document(eve.path, { ...eve.document, publicKey: { id: eve.keyId, owner: vic.id, publicKeyPem } });
  await app.withstands(
    {
      "of vic, as vic": as("/keys/1", vic.id, vic.id),
      "of vic, as eve": as("/keys/2", vic.id, eve.id),
      "of a neighbour": as("/keys/3", innocent, innocent),
      "in eve's own document": app.signed(app.create()),
    },
    { status: 401, asked: ["/keys/2", "/keys/3", "/users/innocent", eve.path, vic.path] },
  );
});

test("IF-10: signatures that leave out what matters", async () => {
  const app = await startHostileApp();
  const cavage = [
    ["date"],
    ["host", "date", "digest"],
    ["(request-target)", "date", "digest"],
    ["(request-target)", "host", "digest"],
    ["(request-target)", "host", "date"],
  ];
  const rfc9421 = [
    ["@target-uri", "content-digest"],
    ["@method", "content-digest"],
    ["@method", "@authority", "content-digest"],
    ["@method", "@path", "content-digest"],
    ["@method", "@target-uri"],
  ];
  const parameters = { created: seconds() };
  await app.withstands(
    Object.fromEntries([
      ...cavage.map((covers) => [`cavage ${covers.join(" ")}`, byEve(app, { covers })]),
      ...rfc9421.map((covers) => [`RFC 9421 ${covers.join(" ")}`, byEve9421(app, { covers, parameters })]),
    ]),
    { status: 401, asked: [] },
  );
});

test("IF-11: a real signature inside of the body counts for nothing, however it is wrapped", async () => {
  const app = await startHostileApp();
  const file = "../fixtures/federation/hollo-to-gotosocial-dm-create.json";
  const captured = JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as { raw_body: string };
  const embedded = captured.raw_body;
  expect(embedded).toContain("RsaSignature2017");
  const activity = JSON.parse(embedded) as Record<string, unknown>;
  const proven = {
    ...app.create({}, { actor: app.vic.id }),
    proof: { type: "DataIntegrityProof", proofValue: "z1" },
  };
  const wrapped = [{ "@graph": [activity] }, { "@reverse": activity }, { "@included": [activity] }];
  await app.withstands(
    {
      unsigned: app.unsigned(embedded),
      "by eve": app.signed(embedded),
      "with an integrity proof": app.unsigned(proven),
      "with an integrity proof, by eve": app.signed(proven),
      ...Object.fromEntries(
        wrapped.flatMap((each) => {
          const name = Object.keys(each)[0] ?? "";
          return [
            [name, app.unsigned(each)],
            [`${name} by eve`, app.signed({ ...each, actor: app.vic.id })],
          ];
        }),
      ),
    },
    { status: 401 },
  );
});

test("IF-12: a signature for another inbox, method, host or port, or over a path in another spelling", async () => {
  const app = await startHostileApp();
  const { port } = new URL(app.origin);
  const { target } = app.unsigned({});
  const id = target.split("/")[2] ?? "";
  const spellings = [
    `//users/${id}/inbox`,
    `/users//${id}/inbox`,
    `/users/x/../${id}/inbox`,
    `/users/x/%2e%2e/${id}/inbox`,
    `/%75sers/${id}/inbox`,
  ];
  const hosts = ["other.example", `localhost:${Number(port) + 1}`, "localhost"];
  await app.withstands(
    {
      "signed for another inbox": byEve(app, { signedTarget: "/inbox" }),
      "posted to the shared inbox": { ...app.signed(app.create()), target: "/inbox" },
      "signed as PUT": { ...signedAsPut(app), method: "POST" },
      ...Object.fromEntries(hosts.map((each) => [`host ${each}`, byEve(app, {}, { host: each })])),
    },
    { status: 401 },
  );
  await app.withstands(
    Object.fromEntries(spellings.map((each) => [each, { ...app.signed(app.create()), target: each }])),
    { status: [401, 404], asked: [] },
  );
});

function signedAsPut(app: HostileApp): Sendable {
  const { keyId, keys } = app.eve;
  return signCavage({ ...app.unsigned(app.create()), method: "PUT" }, { keyId, privateKey: keys.privateKey });
}

test("IF-13: the very same request again is thanked for and applied once", async () => {
  const app = await startHostileApp();
  const request = app.signed(app.create());
  expect((await app.send(request)).status).toBe(202);
  await app.withstands({ second: request, third: request }, { status: 202 });
  expect((await app.texts()).filter((text) => text === "hello")).toEqual(["hello"]);
});

test("IF-14: a replay a day later, after the ids of activities are lost, and to another inbox", async () => {
  const app = await startHostileApp();
  const bea = await app.person("bea");
  const to = [app.ann.uri, `${app.origin}/users/${bea.id}`];
  const activity = app.create({ to }, { to });
  expect((await app.send(app.signed(activity))).status).toBe(202);
  const toBea = (target: string): Sendable => {
    const { keyId, keys } = app.eve;
    return signCavage({ ...app.unsigned(activity), target }, { keyId, privateKey: keys.privateKey });
  };
  const late = app.signed(activity, { date: httpDate(25 * 3600) });
  await app.withstands({ late }, { status: 401 });
  const again = () => ({
    again: app.signed(activity),
    "to bea": toBea(`/users/${bea.id}/inbox`),
    shared: toBea("/inbox"),
    "under another id": app.signed({ ...activity, id: `${app.eve.id}/another` }),
  });
  await app.withstands(again(), { status: 202 });
  await app.connection.db.delete(receivedActivity);
  await app.withstands(again(), { status: 202 });
  expect((await app.texts()).filter((text) => text === "hello")).toEqual(["hello"]);
});

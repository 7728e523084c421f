import { createConnection } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import { without } from "../helpers/hostile-scene.ts";
import type { Sendable } from "../helpers/hostile-signing.ts";
import { stateHash } from "../helpers/state-hash.ts";

const mebibyte = 1024 * 1024;
const context = "https://www.w3.org/ns/activitystreams";

/** In chunks, with no word of its length. */
function chunked(request: Sendable): Sendable {
  const { headers, ...rest } = without(request, "content-length");
  return { ...rest, headers: { ...headers, "transfer-encoding": "chunked" } };
}

test("IF-42: bodies that are too large, packed, or of another length than they say", async () => {
  const app = await startHostileApp();
  const large = app.signed(app.create({ content: "x".repeat(mebibyte) }));
  const endless = app.signed(app.create({ content: "x".repeat(10 * mebibyte) }));
  const bomb = gzipSync(Buffer.alloc(10 * mebibyte));
  const packed = (body: Buffer, coding: string) => app.signed(body, { "content-encoding": coding });
  const said = Buffer.from(JSON.stringify(app.create()));
  const before = process.memoryUsage().rss;
  await app.withstands(
    {
      "a mebibyte and more": large,
      "a mebibyte and more in chunks": chunked(large),
      "ten mebibytes in chunks": chunked(endless),
    },
    { status: 413, asked: [] },
  );
  await app.withstands(
    {
      bomb: packed(bomb, "gzip"),
      "a bomb in a bomb": packed(gzipSync(gzipSync(brotliCompressSync(bomb))), "br, gzip, gzip"),
      "a message in gzip": packed(gzipSync(said), "gzip"),
      "a message in brotli": packed(brotliCompressSync(said), "br"),
      "a message in nothing known": packed(said, "x"),
    },
    { status: 415, asked: [] },
  );
  // What the requests themselves hold in this very process comes on top: 22 MiB were sent from here.
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * mebibyte);
});

test("IF-42: a body that is shorter or longer than its Content-Length says", async () => {
  const app = await startHostileApp();
  const whole = app.signed(app.create());
  const length = Number(whole.headers["content-length"]);
  const before = await stateHash(app.databaseUrl);
  const saying = (bytes: number) => ({
    ...whole,
    headers: { ...whole.headers, "content-length": String(bytes) },
  });
  expect(await sendAndEnd(app, saying(length - 10))).toContain("HTTP/1.1 400");
  expect(await sendAndEnd(app, saying(length + 10))).not.toContain("HTTP/1.1 2");
  expect(await sendAndEnd(app, saying(-1))).toContain("HTTP/1.1 400");
  const twice = { ...whole, headers: { ...whole.headers, "Content-length": String(length - 10) } };
  expect(await sendAndEnd(app, twice)).toContain("HTTP/1.1 400");
  const both = { ...whole, headers: { ...whole.headers, "transfer-encoding": "chunked" } };
  expect(await sendAndEnd(app, both)).toContain("HTTP/1.1 400");
  expect(await stateHash(app.databaseUrl)).toBe(before);
  await app.withstands({}, { status: 202 });
});

/** Writes a request byte by byte as it is, says that there is no more, and answers what came back. */
async function sendAndEnd(
  app: HostileApp,
  { method, target, headers, body = "" }: Sendable,
): Promise<string> {
  const { hostname, port } = new URL(app.origin);
  const socket = createConnection({ host: hostname, port: Number(port), allowHalfOpen: true });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    [`${method} ${target} HTTP/1.1`, ...lines, "connection: close", "", body.toString()].join("\r\n"),
  );
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test("IF-43: JSON that is deep, wide, double, forbidden, or no JSON", async () => {
  const app = await startHostileApp();
  const utf16 = Buffer.from('{"actor":1}', "utf16le");
  const bodies: Record<string, string | Buffer> = {
    nothing: "",
    "10,000 levels": '{"a":'.repeat(10_000),
    "10,000 lists": `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
    "half a million values": `{"a":[${"1,".repeat(500_000)}1]}`,
    "100,000 keys": `{${Array.from({ length: 100_000 }, (_, n) => `"${n.toString(36)}":1`).join(",")}}`,
    "a key twice": '{"actor":"a","actor":"b"}',
    "a key twice, spelled otherwise": String.raw`{"actor":"a","\u0061ctor":"b"}`,
    "a key of 100,000 letters": `{"${"k".repeat(100_000)}":1}`,
    __proto__: '{"__proto__":{"actor":"a"}}',
    constructor: '{"constructor":{"prototype":{}}}',
    NaN: '{"actor":NaN}',
    "a number beyond all": '{"actor":1e999}',
    "a lone surrogate": String.raw`{"actor":"\ud800"}`,
    "no UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    "a byte order mark": "\uFEFF{}",
    "UTF-16": utf16,
    "UTF-16 with its mark": Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    "a list": "[]",
    "a number": "1",
    null: "null",
  };
  await app.withstands(
    Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, app.signed(body)])),
    { status: 400, asked: [] },
  );
  const more = `{"a":[${"1,".repeat(1_000_000)}1]}`;
  await app.withstands({ "a million values": app.signed(more) }, { status: [400, 413], asked: [] });
});

/** Things that stand where something else is meant. */
const odd = [7, 0.5, true, null, [], {}, [[]], "", "x", { id: null }, { id: 7 }, { "@id": "x" }];
/** Addresses that name nothing on eve's server. */
function oddIds(app: HostileApp): unknown[] {
  const host = new URL(app.peer.origin).host;
  return [
    ...odd,
    "/1",
    "//x/1",
    "data:,x",
    "javascript:alert(1)",
    "file:///etc/passwd",
    `http://eve:secret@${host}/1`,
    `${app.eve.id}/${"x".repeat(10_000)}`,
    "https://xn--80ak6aa92e.example/1",
    "https://аррӏе.example/1",
    "https://",
    "http://[::1",
    `${app.peer.origin}:1`,
    `https://${host}/1`,
  ];
}

test("IF-44: types, objects, actors and ids that are none", async () => {
  const app = await startHostileApp();
  const { eve } = app;
  const types = [
    ...odd,
    ["Create", "Delete"],
    ["Create", "Create"],
    "Nonsense",
    "constructor",
    "x".repeat(10_000),
  ];
  const objects = [
    ...odd,
    Array.from({ length: 1_000 }, (_, n) => `${eve.id}/${n}`),
    eve.id,
    [app.create().object],
  ];
  const many = [app.create().object, app.create().object];
  const actors = [...odd, { type: "Person" }, [{ type: "Person" }], { id: [eve.id] }, "relative", "data:,x"];
  const each = (name: string, values: readonly unknown[], make: (value: unknown) => unknown) =>
    Object.fromEntries(
      values.map((value, n) => [
        `${name} ${n}: ${String(JSON.stringify(value)).slice(0, 60)}`,
        app.signed(make(value)),
      ]),
    );
  await app.withstands(
    {
      ...each("type", types, (type) => app.create({}, { type })),
      ...each("type of the object", types, (type) => app.create({ type })),
      ...each("object", [...objects, many], (object) => ({ ...app.create(), object })),
      ...each("actor", actors, (actor) => app.create({}, { actor })),
      ...each("author", oddIds(app), (attributedTo) => app.create({ attributedTo })),
      ...each("id", oddIds(app), (id) => app.create({}, { id })),
    },
    { status: [202, 400, 401] },
  );
});

test("IF-44: ids of messages, edits and deletions, and addressees, that are none", async () => {
  const app = await startHostileApp();
  const each = (name: string, make: (value: unknown) => unknown) =>
    Object.fromEntries(
      oddIds(app).map((value, n) => [
        `${name} ${n}: ${String(JSON.stringify(value)).slice(0, 60)}`,
        app.signed(make(value)),
      ]),
    );
  await app.withstands(
    {
      ...each("id of the object", (id) => app.create({ id })),
      ...each("edited", (id) => app.create({ id }, { type: "Update" })),
      ...each("deleted", (object) => ({ ...app.create(), type: "Delete", object })),
      ...each("deleted, enclosed", (id) => ({
        ...app.create(),
        type: "Delete",
        object: { id, type: "Tombstone" },
      })),
    },
    { status: [202, 400] },
  );
});

test("IF-45: no context is asked for, and none changes what an activity says", async () => {
  const app = await startHostileApp();
  const { peer, eve } = app;
  const remote = peer.url("/context");
  peer.document("/context", { "@context": { to: "as:cc", note: "as:Note" } }, "application/ld+json");
  let nested: unknown = remote;
  for (let n = 0; n < 25; n += 1) nested = [nested];
  const contexts: Record<string, unknown> = {
    "of the peer's own": [context, remote],
    "by itself": remote,
    imported: [context, { "@version": 1.1, "@import": remote }],
    recursive: [
      context,
      { a: { "@id": "as:object", "@context": { "@import": remote, a: { "@context": remote } } } },
    ],
    "for a type": [context, { Note: { "@id": "as:Note", "@context": remote } }],
    "other meanings": [
      context,
      { to: "as:bto", actor: "as:object", object: "as:actor", content: "as:summary" },
    ],
    "another vocabulary": [context, { "@vocab": remote, "@base": remote }],
    containers: [
      context,
      { to: { "@id": "as:to", "@container": "@graph" }, object: { "@container": "@index" } },
    ],
    "a language": [context, { "@language": "x".repeat(5_000) }],
    nested,
    "a number": 7,
    nothing: null,
    "a secret address": "http://169.254.169.254/latest/meta-data/",
    "2,000 of them": Array.from({ length: 2_000 }, (_, n) => peer.url(`/context/${n}`)),
  };
  peer.document(eve.path, { ...eve.document, "@context": [context, remote, { publicKey: "as:x" }] });
  for (const [name, each] of Object.entries(contexts)) {
    const activity = { "@context": each, ...app.create({ "@context": each, content: `<p>${name}</p>` }) };
    expect([name, (await app.send(app.signed(activity))).status]).toEqual([name, 202]);
  }
  expect(await app.texts()).toEqual(Object.keys(contexts));
  expect(new Set(peer.requests.map(({ url }) => url))).toEqual(new Set([eve.path]));
  expect(app.strangers).toEqual([]);
});

test("IF-45: what only a context would make a message is none, and one without measure is refused", async () => {
  const app = await startHostileApp();
  const { eve, ann } = app;
  const aliases = {
    who: "as:actor",
    what: "as:object",
    by: "as:attributedTo",
    "@version": 1.1,
    kind: "@type",
    self: "@id",
  };
  const { id, ...activity } = app.create();
  const note = activity.object;
  const iri = (name: string) => `${context}#${name}`;
  await app.withstands(
    {
      "other names for type and id": app.signed({
        "@context": [context, aliases],
        ...activity,
        self: id,
        kind: "Create",
        type: undefined,
      }),
      "another name for the object": app.signed({
        "@context": [context, aliases],
        ...activity,
        id,
        object: undefined,
        what: note,
      }),
      expanded: app.signed({
        actor: eve.id,
        "@id": id,
        "@type": [iri("Create")],
        [iri("actor")]: [{ "@id": eve.id }],
        [iri("to")]: [{ "@id": ann.uri }],
        [iri("object")]: [note],
      }),
      "in a graph": app.signed({ "@context": context, actor: eve.id, "@graph": [{ ...activity, id }] }),
      "10,000 contexts": app.signed({
        "@context": Array.from({ length: 10_000 }, () => context),
        ...activity,
        id,
      }),
    },
    { status: [202, 400] },
  );
  const endless = { "@context": { a: "x".repeat(5 * mebibyte) }, ...activity, id };
  await app.withstands({ "5 MiB of context": app.signed(endless) }, { status: 413, asked: [] });
});

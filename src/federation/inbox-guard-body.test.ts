import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HostileScene, without } from "../../test/helpers/hostile-scene.ts";

let scene: HostileScene;

beforeAll(async () => {
  scene = await HostileScene.start();
});

beforeEach(() => scene.renew());

afterAll(() => scene.close());

const mebibyte = 1024 * 1024;

describe("a body is not read when", () => {
  test.each(["text/html", "application/json", "application/ld+json", 'application/ld+json; profile="x"', ""])(
    "its type is %j",
    async (type) => {
      const signed = scene.byEve(scene.create(scene.eve.id), { "content-type": type });
      expect(await scene.outcome(signed)).toBe("415 content_type");
    },
  );

  test.each(["gzip", "br", "br, gzip, gzip"])("it is encoded with %s (IF-42)", async (coding) => {
    const bomb = gzipSync(Buffer.alloc(10 * mebibyte));
    const signed = scene.byEve(bomb, { "content-encoding": coding });
    expect(await scene.outcome(signed)).toBe("415 content_encoding");
  });

  test("it says that it is longer than a mebibyte (IF-42)", async () => {
    const body = scene.create(scene.eve.id, { summary: "x".repeat(mebibyte) });
    expect(await scene.outcome(scene.byEve(body))).toBe("413 too_large");
    expect(scene.fetches).toEqual([]);
  });
});

test.each([
  "application/activity+json; charset=utf-8",
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  'Application/LD+JSON;profile="https://www.w3.org/ns/activitystreams https://x.example";charset=utf-8',
])("a body of type %s is read", async (type) => {
  const signed = scene.byEve(scene.create(scene.eve.id), { "content-type": type });
  expect(await scene.outcome(signed)).toBe("202");
});

test("a body in chunks is read as far as a mebibyte and no further (IF-42)", async () => {
  const body = Buffer.from(scene.create(scene.eve.id, { summary: "x".repeat(10 * mebibyte) }));
  const endless = scene.byEve(body, { "transfer-encoding": "chunked" });
  const before = process.memoryUsage().rss;
  expect(await scene.outcome(without(endless, "content-length"))).toBe("413 too_large");
  expect(process.memoryUsage().rss - before).toBeLessThan(20 * mebibyte);
});

test("a body of exactly a mebibyte is accepted", async () => {
  const empty = scene.create(scene.eve.id, { summary: "" });
  const body = scene.create(scene.eve.id, { summary: "x".repeat(mebibyte - empty.length) });
  expect(body).toHaveLength(mebibyte);
  expect(await scene.outcome(scene.byEve(body))).toBe("202");
});

test.each([
  ["nothing", "", "not_json"],
  ["10,000 levels", '{"a":'.repeat(10_000), "too_deep"],
  ["half a million values", `{"a":[${"1,".repeat(500_000)}1]}`, "too_many_values"],
  ["60,000 keys", `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join(",")}}`, "too_many_values"],
  ["a duplicate key", '{"actor":"a","actor":"b"}', "duplicate_key"],
  ["__proto__", '{"__proto__":{"actor":"a"}}', "forbidden_key"],
  ["constructor", '{"constructor":{"prototype":{}}}', "forbidden_key"],
  ["NaN", '{"actor":NaN}', "not_json"],
  ["a lone surrogate", String.raw`{"actor":"\ud800"}`, "lone_surrogate"],
  ["a byte order mark", "\uFEFF{}", "byte_order_mark"],
  ["UTF-16", Buffer.from('{"a":1}', "utf16le"), "not_json"],
  ["a list", "[]", "not_an_object"],
  ["a number", "1", "not_an_object"],
  ["null", "null", "not_an_object"],
])("a body that is %s is refused before a key is fetched (IF-43)", async (_name, body, code) => {
  expect(await scene.outcome(scene.byEve(body))).toBe(`400 ${code}`);
  expect(scene.fetches).toEqual([]);
});

test.each([[[]], [null], [1], [true], [{}], [{ type: "Person" }], [["a", "b"]], [[[1]]], [{ id: 1 }]])(
  "an activity whose actor is %j is proven and dropped (IF-20, IF-44)",
  async (actor) => {
    expect(await scene.outcome(scene.byEve(scene.create(actor)))).toBe("202 actor_unclear");
    expect(scene.inbox.accepted).toEqual([]);
  },
);

test.each([
  "relative",
  "data:,x",
  "javascript:alert(1)",
  `https://x.example/${"x".repeat(10_000)}`,
  "http://",
  "",
])("an activity whose actor has the id %s is refused with no fetch (IF-44)", async (actor) => {
  expect(await scene.outcome(scene.byEve(scene.create(actor)))).toBe("401 actor_not_signer");
  expect(scene.fetches).toEqual([]);
});

test.each([
  [{ type: 1 }],
  [{ type: ["Create", "Delete"] }],
  [{ type: { a: 1 } }],
  [{ object: null }],
  [{ object: true }],
  [{ object: 7 }],
  [{ object: Array.from({ length: 1_000 }, (_, n) => `https://x.example/${n}`) }],
  [{ id: "data:,x" }],
  [{ id: 3 }],
])("odd values elsewhere are for others to judge: %j (IF-44)", async (changes) => {
  expect(await scene.outcome(scene.byEve(scene.create(scene.eve.id, changes)))).toBe("202");
});

test.each([
  ["9,000 contexts", Array.from({ length: 9_000 }, (_, n) => `https://context.example/${n}`)],
  ["a context of the peer's own", ["https://www.w3.org/ns/activitystreams", "PEER/context"]],
  ["a context that gives other meanings", [{ actor: "as:object", to: "as:cc", "@import": "PEER/context" }]],
])("an activity with %s makes nobody fetch a context (IF-45)", async (_name, context) => {
  const own = JSON.parse(JSON.stringify(context).replaceAll("PEER", scene.evil.origin)) as unknown;
  expect(await scene.outcome(scene.byEve(scene.create(scene.eve.id, { "@context": own })))).toBe("202");
  expect(scene.fetches).toEqual([scene.eve.path]);
});

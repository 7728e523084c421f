import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startConversation } from "#domain/conversations.ts";
import type { PersonRow } from "#domain/people.ts";
import { readReach } from "#domain/servers.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { HostilePeer, type Answer } from "../../test/hostile-peer.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { createServers, type Servers } from "./servers.ts";

const links = "/.well-known/nodeinfo";
const type = "application/json";
let home: Home;
let peer: HostilePeer;
let egress: Egress;
let servers: Servers;
let clock = 0;
let ann: PersonRow;
let people = 0;

beforeAll(async () => {
  home = await openHome({ now: () => new Date(Date.now() + clock) });
  ann = await home.member("ann");
});
afterAll(async () => await home.close());

beforeEach(async () => {
  peer = await HostilePeer.start();
  egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  servers = createServers(home.ctx, { egress });
  clock = 0;
});
afterEach(async () => {
  await egress.close();
  await peer.close();
});

/** What other servers answered, as it was captured, at the peer's address. */
function captured(name: string, origin: string): unknown {
  const text = readFileSync(new URL(`../../test/fixtures/federation/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text.replaceAll(origin, peer.origin));
}

/** Somebody at the peer, with whom ann has a conversation. */
async function meet() {
  people += 1;
  const bo = await home.stranger(`bo${people}`, peer.origin);
  const { id: conversationId } = await startConversation(home.ctx, { personId: ann.id, withId: bo.id });
  const reach = async () => {
    const [server] = await readReach(home.ctx, { personId: ann.id, conversationId });
    return [server?.name, server?.version, server?.verdict];
  };
  return { bo, reach };
}

const unknown = [null, null, "unknown"];
const status =
  (code: number): Answer =>
  (_request, response) =>
    void response.writeHead(code).end();

test.each([
  ["gts", "https://gts.test", ["gotosocial", "0.20.0-head", "ok"]],
  ["hollo", "https://hollo.test", ["hollo", "0.6.14", "ok"]],
])("what %s says of itself is kept for a week and asked for once", async (name, origin, expected) => {
  peer.document(links, captured(`${name}-nodeinfo-links`, origin), type);
  peer.document("/nodeinfo/2.1", captured(`${name}-nodeinfo`, origin), type);
  const { bo, reach } = await meet();
  await Promise.all([servers.learn([bo]), servers.learn([bo, bo])]);
  expect(await reach()).toEqual(expected);
  await servers.learn([bo]);
  expect(peer.requests).toHaveLength(2);
  clock = 7 * 24 * 3600 * 1000;
  await servers.learn([bo]);
  expect(peer.requests).toHaveLength(4);
});

test("a server that says nothing is not asked again for a week, one that fails is after ten minutes", async () => {
  const { bo, reach } = await meet();
  peer.answer(links, status(503));
  await servers.learn([bo]);
  await servers.learn([bo]);
  expect(peer.requests).toHaveLength(1);
  clock = 11 * 60 * 1000;
  peer.answer(links, status(404));
  await servers.learn([bo]);
  clock = 24 * 3600 * 1000;
  await servers.learn([bo]);
  expect(peer.requests).toHaveLength(2);
  expect(await reach()).toEqual(unknown);
});

test.each<[string, unknown]>([
  ["no list", 5],
  ["no links", { links: [] }],
  ["another server's document", { links: [{ rel: "2.1", href: "https://c.example/nodeinfo" }] }],
  ["an address inside", { links: [{ rel: "2.1", href: "http://127.0.0.1:9/nodeinfo" }] }],
  ["a file", { links: [{ rel: "2.1", href: "file:///etc/passwd" }] }],
  ["an endless list", { links: Array.from({ length: 200 }, () => ({ rel: "x", href: "x" })) }],
])("a server that names %s is asked nothing more, and stays unknown", async (_title, said) => {
  const { bo, reach } = await meet();
  const text = JSON.stringify(said).replace('"2.1"', '"http://nodeinfo.diaspora.software/ns/schema/2.1"');
  peer.document(links, JSON.parse(text), type);
  await servers.learn([bo]);
  expect(peer.requests.map(({ url }) => url)).toEqual([links]);
  expect(await reach()).toEqual(unknown);
});

test.each<[string, unknown]>([
  ["no software", {}],
  ["a name that is none", { software: { name: 5, version: "1" } }],
  ["an endless name", { software: { name: "x".repeat(101), version: "1" } }],
  ["a name with a line break", { software: { name: "mastodon\n", version: "1" } }],
  ["one that is too large", { software: { name: "mastodon", version: "1", more: "x".repeat(70_000) } }],
])("a document with %s tells nothing", async (_title, document) => {
  const { bo, reach } = await meet();
  peer.document(links, captured("gts-nodeinfo-links", "https://gts.test"), type);
  peer.document("/nodeinfo/2.1", document, type);
  await servers.learn([bo]);
  expect(await reach()).toEqual(unknown);
});

test("people of this server and people without an address are nobody's to ask", async () => {
  await servers.learn([ann, { host: "b.example", uri: null }, { host: "b.example", uri: "nonsense" }]);
  expect(peer.requests).toEqual([]);
});

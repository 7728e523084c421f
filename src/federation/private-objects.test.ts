import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { activity } from "#db/schema/federation.ts";
import { startConversation } from "#domain/conversations.ts";
import { deleteMessage, editMessage } from "#domain/messages/change.ts";
import { postMessage } from "#domain/messages/post.ts";
import { findPersonByUri, saveRemotePerson, type PersonRow } from "#domain/people.ts";
import { blockPerson, unblockPerson } from "#domain/relations/change.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { createEgress } from "#lib/egress.ts";
import type { MessageId } from "#lib/ids.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { addActor, type PeerActor } from "../../test/helpers/peer-actor.ts";
import { assembleFederation, type Federation } from "./assemble.ts";

const origin = "https://a.example";
let peer: HostilePeer;
let eve: PeerActor;
let vic: PeerActor;
let server: PeerActor;
let home: Home;
let federation: Federation;
let ann: PersonRow;
let messageId: MessageId;
let close: () => Promise<void>;

beforeAll(async () => {
  peer = await HostilePeer.start();
  [eve, vic, server] = [addActor(peer, "/users/eve"), addActor(peer, "/users/vic"), addActor(peer, "/actor")];
  server.publish({ type: "Application", preferredUsername: peer.host });
});
afterAll(async () => await peer.close());

beforeEach(async () => {
  home = await openHome({ origin });
  const egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  federation = assembleFederation(home.ctx, { egress, keys: createRemoteKeyStore(home.ctx.db) });
  close = async () => {
    await egress.close();
    await home.close();
  };
  ann = await home.member("ann");
  const remote = { kind: "person", host: peer.host, name: "", profileUrl: null } as const;
  const withEve = await saveRemotePerson(home.ctx, {
    ...remote,
    uri: eve.uri,
    handle: "eve",
    inbox: `${eve.uri}/inbox`,
  });
  const { id } = await startConversation(home.ctx, { personId: ann.id, withId: withEve.id });
  const sent = await postMessage(home.ctx, { conversationId: id, authorId: ann.id, text: "for eve" });
  messageId = sent.message.id;
});
afterEach(async () => await close());

/** Asks as `reader`, or unsigned as nobody. */
async function get(
  path: string,
  reader: PeerActor | null,
): Promise<{ status: number; body: JsonObject; headers: Headers }> {
  const url = `${origin}${path}`;
  const request = reader === null ? new Request(url) : await reader.ask(url);
  const [, folder, id = ""] = path.split("/");
  const route = federation.routes.find((each) => each.method === "GET" && each.path === `/${folder}/:id`);
  const response = await route!.handle(request, { id, target: path });
  return { status: response.status, body: (await response.json()) as JsonObject, headers: response.headers };
}

const message = () => `/m/${messageId}`;

test("a message is given to whom it is addressed to, and to their server, and no cache keeps it", async () => {
  for (const reader of [eve, server]) {
    const { status, body, headers } = await get(message(), reader);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: `${origin}${message()}`,
      type: "Note",
      to: [eve.uri],
      content: "<p>for eve</p>",
    });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-type")).toContain("application/activity+json");
  }
});

test("everybody else gets what they get for a message that does not exist", async () => {
  const absent = await get("/m/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d", eve);
  for (const reader of [vic, null]) {
    const { status, body, headers } = await get(message(), reader);
    expect([status, body]).toEqual([404, { error: "not_found" }]);
    expect([...headers]).toEqual([...absent.headers]);
  }
  expect([absent.status, absent.body]).toEqual([404, { error: "not_found" }]);
  for (const path of [`/m/${messageId.toUpperCase()}`, "/m/x", `/activities/${messageId}`])
    expect((await get(path, eve)).status).toBe(404);
});

test("whom a block parts from its author gets nothing of a message, nor does their server, but the block itself", async () => {
  const withEve = (await findPersonByUri(home.ctx, eve.uri))!;
  const pair = { personId: ann.id, otherId: withEve.id };
  await blockPerson(home.ctx, { ...pair, kind: "open" });
  for (const reader of [eve, server]) expect((await get(message(), reader)).status).toBe(404);
  const rows = await home.ctx.db.select().from(activity).where(eq(activity.type, "Block"));
  const block = await get(`/activities/${rows[0]!.id}`, eve);
  expect([block.status, block.body]).toMatchObject([200, { type: "Block", object: eve.uri }]);
  await unblockPerson(home.ctx, pair);
  for (const reader of [eve, server]) expect((await get(message(), reader)).status).toBe(200);
});

test("a signature for one message opens no other", async () => {
  const signed = await eve.ask(`${origin}/m/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d`);
  const route = federation.routes.find(({ path }) => path === "/m/:id");
  const response = await route!.handle(signed, { id: messageId, target: message() });
  expect(response.status).toBe(404);
});

test("an edited message is given as it is now, a deleted one as gone", async () => {
  await editMessage(home.ctx, { personId: ann.id, messageId, text: "changed" });
  const edited = await get(message(), eve);
  expect(edited.body).toMatchObject({ content: "<p>changed</p>" });
  expect(edited.body["updated"]).toBeTypeOf("string");
  await deleteMessage(home.ctx, { personId: ann.id, messageId });
  const gone = await get(message(), eve);
  expect([gone.status, gone.body["type"], gone.body["formerType"]]).toEqual([410, "Tombstone", "Note"]);
  expect(JSON.stringify(gone.body)).not.toContain("changed");
  expect((await get(message(), vic)).status).toBe(404);
});

test("an activity is given like its message", async () => {
  const [row] = await home.ctx.db.select({ id: activity.id }).from(activity);
  const path = `/activities/${row!.id}`;
  const { status, body } = await get(path, eve);
  expect([status, body["type"], body["id"]]).toEqual([200, "Create", `${origin}${path}`]);
  for (const reader of [vic, null]) expect((await get(path, reader)).status).toBe(404);
  await deleteMessage(home.ctx, { personId: ann.id, messageId });
  const gone = await get(path, eve);
  expect([gone.status, gone.body["type"]]).toEqual([410, "Tombstone"]);
  expect(JSON.stringify(gone.body)).not.toContain("for eve");
});

test("an activity is given as it was sent, whatever this version would say today", async () => {
  const [row] = await home.ctx.db.select({ id: activity.id }).from(activity);
  const sent = {
    type: "Create",
    id: `${origin}/activities/${row!.id}`,
    object: "as an older version said it",
  };
  await home.ctx.db.update(activity).set({ body: JSON.stringify(sent) });
  for (const reader of [eve, server])
    expect((await get(`/activities/${row!.id}`, reader)).body).toEqual(sent);
});

test("a message that stayed on this server is nobody's elsewhere", async () => {
  const bea = await home.member("bea");
  const { id } = await startConversation(home.ctx, { personId: ann.id, withId: bea.id });
  const sent = await postMessage(home.ctx, { conversationId: id, authorId: ann.id, text: "between us" });
  for (const reader of [eve, server]) expect((await get(`/m/${sent.message.id}`, reader)).status).toBe(404);
});

test("a reader whose key cannot be had now is asked to come again, whatever they asked for", async () => {
  const late = addActor(peer, "/users/late");
  peer.answer("/users/late", (_request, response) => void response.writeHead(503).end());
  for (const path of [message(), "/m/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d"]) {
    const request = await late.ask(`${origin}${path}`);
    const route = federation.routes.find((each) => each.path === "/m/:id");
    expect((await route!.handle(request, { id: path.slice(3), target: path })).status).toBe(503);
  }
});

test("made-up signatures make us fetch only so many keys, together with those on inboxes", async () => {
  peer.requests.length = 0;
  const statuses: number[] = [];
  const madeUp = (n: number): Record<string, string> => ({
    host: "a.example",
    date: new Date().toUTCString(),
    signature: `keyId="${peer.url(`/users/nobody-${n}`)}",headers="(request-target) host date",signature="QUJDRA=="`,
  });
  const route = federation.routes.find((each) => each.path === "/m/:id");
  let last: Response | undefined;
  for (let n = 0; n < 70; n += 1) {
    const request = new Request(`${origin}${message()}`, { headers: madeUp(n) });
    last = await route!.handle(request, { id: messageId, target: message() });
    statuses.push(last.status);
  }
  expect(statuses).toEqual([
    ...Array.from({ length: 60 }, () => 404),
    ...Array.from({ length: 10 }, () => 429),
  ]);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(peer.requests).toHaveLength(60);
  const inbox = federation.routes.find((each) => each.path === "/inbox");
  const delivery = await eve.deliver(`${origin}/inbox`, { id: `${eve.uri}/1`, type: "Like", actor: eve.uri });
  expect((await inbox!.handle(delivery, { id: "", target: "/inbox" })).status).toBe(429);
  expect(peer.requests).toHaveLength(60);
});

test("a reader whose key is known has a share like a sender, and uses up nobody else's", async () => {
  const route = federation.routes.find((each) => each.path === "/m/:id");
  const ask = async (reader: PeerActor): Promise<number> => {
    const request = await reader.ask(`${origin}${message()}`);
    return (await route!.handle(request, { id: messageId, target: message() })).status;
  };
  for (let n = 0; n < 300; n += 1) expect(await ask(eve)).toBe(200);
  expect(await ask(eve)).toBe(429);
  expect(await ask(vic)).toBe(404);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findPersonByUri, instanceActor, saveStandIns, type PersonRow } from "#domain/people.ts";
import { transact } from "#domain/transact.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { addActor } from "../../test/helpers/peer-actor.ts";
import { signingActor } from "./actors.ts";
import { createDocuments } from "./documents.ts";
import { createRecipients, type Recipients } from "./recipients.ts";
import { ActorUnavailable, createRemoteActors, type RemoteActors } from "./remote-actors.ts";
import { createSigning } from "./sign.ts";
import { Dropped } from "./translate/dropped.ts";
import { readCreate, type IncomingNote } from "./translate/note-in.ts";
import { actorUri } from "./uris.ts";

const origin = "https://a.example";
const eve = "https://e.example/users/eve";
let peer: HostilePeer;
let home: Home;
let ann: PersonRow;
let egress: Egress;
let actors: RemoteActors;
let recipients: Recipients;
let clock = 0;

beforeAll(async () => {
  home = await openHome({ origin, now: () => new Date(Date.now() + clock) });
  ann = await home.member("ann");
});
afterAll(async () => await home.close());

beforeEach(async () => {
  clock = 0;
  peer = await HostilePeer.start();
  egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  const documents = createDocuments({
    signing: createSigning(egress),
    instanceActor: async () => signingActor(home.ctx, (await instanceActor(home.ctx)).id),
    now: home.ctx.now,
  });
  actors = createRemoteActors(home.ctx, { egress, documents });
  recipients = createRecipients(home.ctx, actors, 400);
});
afterEach(async () => {
  await egress.close();
  await peer.close();
});

/** What eve writes to ann and to others, with names for those whom she mentions. */
function noteTo(
  others: readonly string[],
  names: Readonly<Record<string, string>> = {},
  from = eve,
): IncomingNote {
  const to = [actorUri(origin, ann.id), ...others];
  const tag = Object.entries(names).map(([href, name]) => ({ type: "Mention", href, name }));
  const object = { id: `${from}/1`, type: "Note", attributedTo: from, to, content: "hi", tag };
  const activity = { id: `${from}/1/create`, type: "Create", actor: from, to, object };
  return readCreate({ origin, actorUri: from, activity });
}

const person = (uri: string) => findPersonByUri(home.ctx, uri);

test("somebody whose server is silent stands in with their address, and is completed when it speaks again", async () => {
  const dora = addActor(peer, "/users/dora");
  peer.answer("/users/dora", (_request, response) => void response.writeHead(503).end());
  const note = noteTo([dora.uri], { [dora.uri]: `@Dora@${peer.host}` });
  const { ids, standIns } = await recipients.findRemote(note, eve);
  expect([ids, standIns]).toEqual([[], [{ uri: dora.uri, handle: "Dora", host: peer.host }]]);
  expect(await person(dora.uri)).toBeNull(); // whoever is not told of yet is not known before the message is taken
  const [saved] = await transact(home.ctx, (tx) => saveStandIns(home.ctx, tx, standIns));
  const id = saved?.id;
  expect(saved).toMatchObject({ name: "", inbox: null, fetchedAt: null });
  expect(await recipients.findRemote(note, eve)).toEqual({ ids: [id], standIns: [] });
  dora.publish({ name: "Dora D." });
  clock = 61_000;
  expect(await recipients.findRemote(note, eve)).toEqual({ ids: [id], standIns: [] });
  expect(await person(dora.uri)).toMatchObject({
    id,
    handle: "dora",
    name: "Dora D.",
    inbox: `${dora.uri}/inbox`,
  });
});

test("a server that never answers holds no message longer than all its look-ups may take, and the next one not at all", async () => {
  const uri = peer.url("/users/tarpit");
  peer.answer("/users/tarpit", () => {});
  const found = { ids: [], standIns: [{ uri, handle: "tarpit", host: peer.host }] };
  for (let n = 0; n < 2; n += 1) expect(await recipients.findRemote(noteTo([uri]), eve)).toEqual(found);
  expect(peer.requestsFor("/users/tarpit")).toHaveLength(1);
});

test("who is known stays who they are while their server is silent", async () => {
  const flo = addActor(peer, "/users/flo");
  const { ids } = await recipients.findRemote(noteTo([flo.uri]), eve);
  peer.answer("/users/flo", () => {});
  clock = 25 * 3600 * 1000;
  expect(await recipients.findRemote(noteTo([flo.uri]), eve)).toEqual({ ids, standIns: [] });
  expect(await person(flo.uri)).toMatchObject({ handle: "flo", inbox: `${flo.uri}/inbox` });
});

test("for one message no more than ten are looked up; the others stand in", async () => {
  const others = Array.from({ length: 25 }, (_, n) => addActor(peer, `/users/w${n}`).uri);
  const asked = () =>
    new Set(peer.requests.map(({ url }) => url).filter((url) => url.startsWith("/users/"))).size;
  const { findRemote } = createRecipients(home.ctx, actors, 60_000);
  const count = async () => {
    const { ids, standIns } = await findRemote(noteTo(others), eve);
    return [new Set(ids).size, standIns.length, asked()];
  };
  expect([await count(), await count()]).toEqual([
    [10, 15, 10],
    [20, 5, 20],
  ]);
});

test("what the author's own server does not tell just now is no person for that", async () => {
  const author = peer.url("/users/gus");
  const followers = peer.url("/users/gus/followers");
  peer.answer("/users/gus/followers", (_request, response) => void response.writeHead(503).end());
  await expect(recipients.findRemote(noteTo([followers], {}, author), author)).rejects.toThrow(
    ActorUnavailable,
  );
  expect(await person(followers)).toBeNull();
});

test("who is gone for good is left out if mentioned; anything else that is gone may have been anything", async () => {
  const uri = peer.url("/users/gone");
  expect(await recipients.findRemote(noteTo([uri], { [uri]: "@gone" }), eve)).toEqual({
    ids: [],
    standIns: [],
  });
  await expect(recipients.findRemote(noteTo([uri]), eve)).rejects.toThrow(Dropped);
  expect(await person(uri)).toBeNull();
});

import { expect, test } from "vitest";
import type { Own } from "#protocol/api.ts";
import { makeKeyPairs, saveKeyPairs } from "#domain/keys.ts";
import type { PersonId } from "#lib/ids.ts";
import { delivered } from "../helpers/followed-group.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { startHostileApp, type Activity } from "../helpers/hostile-app.ts";

const code = "AAAAAAAAAAAAAAAAAAAAAA";

/** Eve's server has a link into a group of its own, and vic's server lends a hand. */
async function scene() {
  const app = await startHostileApp();
  const { ctx, peer, victim, eve, vic, ann } = app;
  const keeper = serveActor(peer, "keeper", eve.keys);
  const other = serveActor(victim, "keeper", vic.keys);
  for (const [server, actor] of [[peer, keeper] as const, [victim, other] as const]) {
    server.document(actor.path, { ...actor.document, type: "Application" });
    server.answer(`${actor.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  }
  await saveKeyPairs(ctx, ctx.db, { personId: ann.id as PersonId, pairs: await makeKeyPairs() });
  const room = peer.url("/r/1");
  const members = { id: `${room}/members`, type: "Collection", totalItems: 1 };
  const about = { id: room, type: "OrderedCollection", attributedTo: keeper.id, name: "Trip" };
  const link = peer.url(`/join/${code}`);
  const offer = (object: Activity = {}, changes: Activity = {}) => {
    const whole = { ...about, members, ...object };
    const id = link;
    peer.document(`/join/${code}`, {
      ...{ id, type: "Offer", actor: keeper.id, object: whole, chatApproval: false },
      ...changes,
    });
  };
  const { token } = ann;
  const ask = (path: string, json: unknown) => app.request(`/api/chat/v1${path}`, { token, json });
  const own = async () => (await app.request("/api/chat/v1/me/own", { token })).json as Own;
  const states = async () => (await own()).invitations.map(({ state }) => state);
  const rows = async () => await app.connection.sql`select state from invitation order by number`;
  const groups = async () => await app.connection.sql`select id from conversation where kind = 'group'`;
  return { app, keeper, other, room, about, members, link, offer, ask, states, rows, groups };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** Lets ann ask to be let in; answers the id of her Join. */
async function askIn({ app, ask, link, offer }: Scene): Promise<string> {
  offer();
  expect((await ask("/join", { url: link })).status).toBe(202);
  await delivered(app);
  const [row] = await app.connection.sql<{ id: string }[]>`select id from activity where type = 'Join'`;
  return `${app.origin}/activities/${row!.id}`;
}

const deed = (by: HostileActor, type: string, rest: Activity): Activity => {
  return { id: `${by.id}/${type}/${crypto.randomUUID()}`, type, actor: by.id, ...rest };
};

test("IF-30: a link into a group is believed by what its own server says of a group and a keeper of its own alone", async () => {
  const world = await scene();
  const { app, ask, offer, link, rows, about, members, other, keeper } = world;
  const { victim, peer, eve } = app;
  const whole = { type: "Offer", actor: keeper.id, object: { ...about, members }, chatApproval: false };
  const offers: Record<string, () => void> = {
    "a group of another server": () => offer({ id: victim.url("/r/1") }),
    "a group of ours": () => offer({ id: `${app.origin}/r/1`, attributedTo: `${app.origin}/users/1` }),
    "a keeper of another server": () => offer({ attributedTo: other.id }),
    "another server's group with its keeper": () => offer({ id: victim.url("/r/1"), attributedTo: other.id }),
    "a keeper who is a person": () => offer({ attributedTo: eve.id }),
    "another address": () => {
      offer({}, { id: peer.url("/join/x") });
      peer.document("/join/x", { ...whole, id: peer.url("/join/x") });
    },
    "no offer": () => offer({}, { type: "Note" }),
    "no number of members": () => offer({ members: {} }),
    "a keeper in place of the group": () => offer({ ...about, id: keeper.id }, { object: keeper.id }),
  };
  for (const [what, serve] of Object.entries(offers)) {
    serve();
    expect(await ask("/join", { url: link }), what).toMatchObject({
      status: 422,
      json: { error: "link_invalid", field: "url" },
    });
  }
  expect(await rows()).toEqual([]);
  expect(app.strangers).toEqual([]);
});

test("IF-30: a link that leads away leads nowhere", async () => {
  const { app, ask, offer, link, rows, about, members, other } = await scene();
  offer();
  const elsewhere = app.victim.url(`/join/${code}`);
  const theirs = { ...about, id: app.victim.url("/r/1"), attributedTo: other.id, members };
  const there = { id: elsewhere, type: "Offer", actor: other.id, object: theirs, chatApproval: false };
  app.victim.document(`/join/${code}`, there);
  const places = [elsewhere, `${app.origin}/join/${code}`, "http://127.0.0.1:1/", "http://169.254.169.254/"];
  for (const [index, location] of places.entries()) {
    const own = code.replace(/.$/, String(index));
    app.peer.answer(`/join/${own}`, (_request, response) => void response.writeHead(302, { location }).end());
    const answer = await ask("/join", { url: link.replace(code, own) });
    expect(answer, location).toMatchObject({ status: 422, json: { error: "link_invalid" } });
  }
  expect(await rows()).toEqual([]);
  expect(app.strangers).toEqual([]);
});

test("IF-30: who asked into one group of a keeper is put into no other, by nobody else, and not for good", async () => {
  const world = await scene();
  const { app, keeper, other, room, about, members, groups, states } = world;
  const { ann, peer, victim } = app;
  const join = await askIn(world);
  const send = async (activity: Activity, by: HostileActor) =>
    (await app.send(app.signed(activity, {}, by))).status;
  const entry = (by: HostileActor, of: string, seq: number) => {
    const target = { id: `${of}/log`, type: "OrderedCollection", attributedTo: by.id };
    const object = { type: "Add", object: ann.uri, target: `${of}/members`, chatRole: "member" };
    const common = { id: `${of}/log/${seq}`, type: "Add", actor: by.id, chatSeq: seq, chatEpoch: seq };
    return { ...common, object, target, to: [ann.uri] };
  };
  for (const [server, by, path] of [[peer, keeper, "/r/2"] as const, [victim, other, "/r/1"] as const]) {
    const id = server.url(path);
    server.document(path, { ...about, id, attributedTo: by.id });
    server.document(`${path}/members`, { ...members, id: `${id}/members`, items: [] });
    expect(await send(entry(by, id, 1), by)).toBe(202);
  }
  expect(await send(entry(other, room, 1), other)).toBe(202);
  expect(await groups()).toEqual([]);
  // Only who was asked answers.
  for (const [by, type] of [[other, "Accept"] as const, [other, "Reject"] as const])
    expect(await send(deed(by, type, { object: join, to: [ann.uri] }), by)).toBe(202);
  expect(await states()).toEqual(["asked"]);
  const refusal = deed(keeper, "Reject", { object: join, to: [ann.uri] });
  expect(await send(refusal, keeper)).toBe(202);
  expect(await states()).toEqual(["refused"]);
  // A refusal stands, whatever is said after it.
  expect(await send(deed(keeper, "Accept", { object: join, to: [ann.uri] }), keeper)).toBe(202);
  expect(await states()).toEqual(["refused"]);
  peer.document("/r/1", about);
  peer.document("/r/1/members", { ...members, items: [] });
  expect(await send(entry(keeper, room, 1), keeper)).toBe(202);
  expect(await groups()).toEqual([]);
});

test("who asks a server that does not hear them is told so, and may ask again", async () => {
  const world = await scene();
  const { app, keeper, states, ask, link } = world;
  app.peer.answer(`${keeper.path}/inbox`, (_request, response) => void response.writeHead(403).end());
  await askIn(world);
  expect(await states()).toEqual(["refused"]);
  app.peer.answer(`${keeper.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  expect((await ask("/join", { url: link })).status).toBe(202);
  await delivered(app);
  expect(await states()).toEqual(["asked"]);
});

test("IF-30: who was let in by a link is in, and a second answer, or another's, changes nothing", async () => {
  const world = await scene();
  const { app, keeper, room, about, members, groups, states } = world;
  const { ann, peer } = app;
  const join = await askIn(world);
  peer.document("/r/1", about);
  peer.document("/r/1/members", { ...members, items: [ann.uri] });
  const send = async (activity: Activity) => (await app.send(app.signed(activity, {}, keeper))).status;
  const accept = deed(keeper, "Accept", { object: join, to: [ann.uri] });
  expect([await send(accept), await send(accept)]).toEqual([202, 202]);
  const target = { id: `${room}/log`, type: "OrderedCollection", attributedTo: keeper.id };
  const object = { type: "Add", object: ann.uri, target: `${room}/members`, chatRole: "member" };
  const common = { id: `${room}/log/1`, type: "Add", actor: keeper.id, chatSeq: 1, chatEpoch: 1 };
  expect(await send({ ...common, object, target, to: [ann.uri] })).toBe(202);
  expect(await groups()).toHaveLength(1);
  expect(await states()).toEqual([]);
  expect(await send(deed(keeper, "Reject", { object: join, to: [ann.uri] }))).toBe(202);
  expect(await states()).toEqual([]);
  expect(await groups()).toHaveLength(1);
});

import { expect, test } from "vitest";
import { invitePerson } from "#domain/groups/invite.ts";
import { findPersonByUri } from "#domain/people.ts";
import { readBody } from "#federation/translate/body-in.ts";
import { readCopy } from "#federation/translate/copy-in.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { PersonId } from "#lib/ids.ts";
import { delivered } from "../helpers/followed-group.ts";
import { decided } from "../helpers/groups.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import type { Activity, HostileApp } from "../helpers/hostile-app.ts";
import { signCavage, type Sendable } from "../helpers/hostile-signing.ts";
import { deed, keepGroup, type KeptGroup } from "../helpers/kept-group.ts";

/** Everything that a member may want of a group, as somebody asks for it. */
function wishes(
  { app, room, bo }: KeptGroup,
  by: HostileActor,
  rest: Activity = {},
): Record<string, Sendable> {
  const [target, name] = [`${room}/members`, `${by.path} wants`];
  const group = { id: room, type: "OrderedCollection", attributedTo: `${app.origin}/actor` };
  const deeds: Record<string, Activity> = {
    "an admin": deed(by, "Add", { object: app.eve.id, target, chatRole: "admin" }),
    "the group": deed(by, "Add", { object: by.id, target, chatRole: "owner" }),
    "bo out": deed(by, "Remove", { object: bo.id, target }),
    "ann banned": deed(by, "Remove", { object: app.ann.uri, target, chatBan: true }),
    "another name": deed(by, "Update", { object: { ...group, name: "Mine" } }),
    "a picture": deed(by, "Update", { object: { ...group, icon: { type: "Image", url: `${by.id}/icon` } } }),
    "somebody unknown": deed(by, "Remove", { object: app.victim.url("/users/unknown"), target }),
    "everybody to invite": deed(by, "Update", { object: { ...group, chatState: "closed" } }),
  };
  return Object.fromEntries(
    Object.entries(deeds).map(([what, activity]) => [
      `${name} ${what}`,
      app.signed({ ...activity, ...rest }, {}, by),
    ]),
  );
}

test("IF-30: who may not change a group of ours changes nothing, and only who is or was in it learns why", async () => {
  const scene = await keepGroup();
  const { app, bo, mallory, room } = scene;
  const { eve, vic } = app;
  const asked = [eve, vic, bo, mallory].map(({ path }) => path);
  const leave = (by: HostileActor) => app.signed(deed(by, "Leave", { object: room }), {}, by);
  const invite = (by: HostileActor, rest: Activity = {}) =>
    app.signed(deed(by, "Invite", { object: room, target: mallory.id, ...rest }), {}, by);
  await app.withstands(wishes(scene, eve), { status: 403, asked });
  await app.withstands(
    { ...wishes(scene, vic), "vic invites": invite(vic), "vic leaves": leave(vic) },
    { status: 403, asked },
  );
  const old = { chatEpoch: 1 };
  await app.withstands(
    { ...wishes(scene, bo, old), "eve invites as long ago": invite(eve, old) },
    { status: 403, asked },
  );
  await app.withstands(
    {
      ...wishes(scene, mallory),
      "mallory invites": invite(mallory),
      "mallory leaves": leave(mallory),
      "mallory joins": app.signed(deed(mallory, "Join", { object: room }), {}, mallory),
      "mallory joins by a made-up link": app.signed(
        deed(mallory, "Join", { object: room, chatLink: "made-up" }),
        {},
        mallory,
      ),
    },
    { status: 202, asked },
  );
  const reasons = new Set(app.logged.map(({ reason }) => reason));
  for (const reason of ["not_permitted", "not_member", "stale_epoch", "not_found"])
    expect(reasons).toContain(reason);
});

test("IF-29: an invitation is answered by whom it is for", async () => {
  const { app, bo, mallory, id } = await keepGroup();
  const { eve, vic, ann } = app;
  const inviteeId = (await findPersonByUri(app.ctx, mallory.id))!.id;
  await invitePerson(app.ctx, { personId: ann.id as PersonId, conversationId: id, inviteeId });
  await delivered(app);
  const [row] = await app.connection.sql<{ id: string }[]>`select id from activity where type = 'Invite'`;
  const object = `${app.origin}/activities/${row?.id}`;
  const attacks = [eve, vic, bo].flatMap((by) =>
    ["Accept", "Reject"].map((type): [string, Sendable] => [
      `${type} by ${by.path}`,
      app.signed(deed(by, type, { object }), {}, by),
    ]),
  );
  const asked = [eve, vic, bo, mallory].map((by) => by.path);
  await app.withstands(Object.fromEntries(attacks), { status: 202, asked });
});

/** A GET in somebody's name; unsigned without one. */
async function get(
  app: HostileApp,
  path: string,
  { by, accept = "application/activity+json" }: { by: HostileActor | null; accept?: string },
) {
  const headers = { host: new URL(app.origin).host, date: new Date().toUTCString(), accept };
  const request = { method: "GET", target: path, headers };
  const covers = ["(request-target)", "host", "date"];
  const { keyId, keys } = by ?? app.eve;
  const signing = { keyId, privateKey: keys.privateKey, covers };
  const { headers: sent } = by === null ? request : signCavage(request, signing);
  return await app.request(path, { headers: { ...sent } });
}

test("IF-66: a group of ours is shown to servers of those who are in it, and is nothing to everybody else", async () => {
  const { app, bo, mallory, id } = await keepGroup();
  const { eve, vic, peer, victim } = app;
  const servers = [peer, victim].map((server) => {
    const actor = serveActor(server, "actor", eve.keys);
    server.document(actor.path, { ...actor.document, type: "Application" });
    return actor;
  });
  const parts = ["", "/members", "/log", "/log?after=0", "/log?after=2"];
  const nothing = await get(app, "/r/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d", { by: mallory });
  expect(nothing.status).toBe(404);
  for (const part of parts) {
    const path = `/r/${id}${part}`;
    for (const insider of [eve, bo, servers[0]!]) {
      const answer = await get(app, path, { by: insider, accept: "text/html, application/activity+json" });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("content-type")).toMatch(/^application\/activity\+json/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    for (const outsider of [vic, mallory, servers[1]!, null])
      for (const accept of ["application/activity+json", "text/html"]) {
        const answer = await get(app, path, { by: outsider, accept });
        expect([path, answer.status, answer.text]).toEqual([path, 404, nothing.text]);
        expect(answer.headers.get("content-type")).toBe("application/json");
      }
  }
});

test("IF-67: a copy of what a member said is given to whom they said it, while it stands, and to nobody else", async () => {
  const { app, bo, mallory, room, id } = await keepGroup();
  const { eve, vic, ann, victim, peer } = app;
  const cy = serveActor(victim, "cy", vic.keys);
  const say = async (to: readonly string[], name: string) => {
    const note = {
      id: `${eve.id}/${encodeURIComponent(name)}`,
      attributedTo: eve.id,
      to,
      context: room,
      content: `<p>${name}</p>`,
    };
    const activity = app.create(note, { id: `${note.id}/create`, actor: eve.id, to });
    expect((await app.send(app.signed(activity))).status).toBe(202);
    const [row] = await app.connection.sql<{ seq: number; message: string }[]>`
      select seq::int, id as message from message where uri = ${note.id}`;
    return row!;
  };
  const said = await say([ann.uri, bo.id], "for both");
  const kept = await say([ann.uri], "for ann alone");
  const memberId = (await findPersonByUri(app.ctx, mallory.id))!.id;
  await decided(app, id, [{ type: "join", by: ann.id as PersonId, role: "member", personId: memberId }]);
  await app.connection.sql`update person set signals = uri || '/signals' where host is not null`;
  const [path, ofKept] = [said, kept].map(({ seq }) => `/r/${id}/copy?seq=${seq}`) as [string, string];
  const server = serveActor(peer, "actor", eve.keys);
  peer.document(server.path, { ...server.document, type: "Application" });
  for (const by of [bo, server]) {
    const { status, json } = await get(app, path, { by });
    expect(status).toBe(200);
    const { attributedTo } = json as { attributedTo: string };
    const wanted = { origin: "https://c.example", room, keeperUri: attributedTo, seq: said.seq };
    const read = readCopy(json as JsonObject, { ...wanted, activityUri: `${eve.id}/for%20both/create` });
    expect(read.authorUri).toBe(eve.id);
    expect(readBody(read.note.body).text).toBe("for both");
    expect(read.note.recipients).toEqual([ann.uri, bo.id]);
  }
  const { text: nothing } = await get(app, `/r/${id}/copy?seq=99`, { by: bo });
  const refused = async (paths: readonly string[], people: readonly (HostileActor | null)[]) => {
    for (const each of paths)
      for (const by of people) {
        const answer = await get(app, each, { by });
        expect([each, by?.path, answer.status, answer.text]).toEqual([each, by?.path, 404, nothing]);
      }
  };
  await refused([path], [vic, mallory, cy, eve, null]);
  const others = ["copy", "copy?seq=0", "copy?seq=1", "copy?seq=-1", "copy?seq=x", "copy?seq=1e99"];
  await refused([ofKept, ...others.map((part) => `/r/${id}/${part}`)], [bo, server]);
  await app.connection
    .sql`update message set expires_at = now() - interval '1 second' where id = ${said.message}`;
  await refused([path], [bo]);
  await app.connection.sql`update message set expires_at = null where id = ${said.message}`;
  expect((await get(app, path, { by: bo })).status).toBe(200);
  const gone = { id: `${eve.id}/for%20both`, type: "Tombstone" };
  const activity = deed(eve, "Delete", { object: gone, to: [ann.uri] });
  expect((await app.send(app.signed(activity))).status).toBe(202);
  await refused([path], [bo, server]);
});

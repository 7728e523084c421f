import { expect, test } from "vitest";
import { invitePerson } from "#domain/groups/invite.ts";
import { findPersonByUri } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { delivered } from "../helpers/followed-group.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import type { Activity } from "../helpers/hostile-app.ts";
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

test("IF-66: a group of ours is shown to servers of those who are in it, and is nothing to everybody else", async () => {
  const { app, bo, mallory, id } = await keepGroup();
  const { eve, vic, peer, victim } = app;
  const servers = [peer, victim].map((server) => {
    const actor = serveActor(server, "actor", eve.keys);
    server.document(actor.path, { ...actor.document, type: "Application" });
    return actor;
  });
  const get = async (path: string, by: HostileActor | null, accept = "application/activity+json") => {
    const headers = { host: new URL(app.origin).host, date: new Date().toUTCString(), accept };
    const request = { method: "GET", target: path, headers };
    const covers = ["(request-target)", "host", "date"];
    const { keyId, keys } = by ?? eve;
    const signing = { keyId, privateKey: keys.privateKey, covers };
    const { headers: sent } = by === null ? request : signCavage(request, signing);
    return await app.request(path, { headers: { ...sent } });
  };
  const parts = ["", "/members", "/log", "/log?after=0", "/log?after=2"];
  const nothing = await get("/r/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d", mallory);
  expect(nothing.status).toBe(404);
  for (const part of parts) {
    const path = `/r/${id}${part}`;
    for (const insider of [eve, bo, servers[0]!]) {
      const answer = await get(path, insider, "text/html, application/activity+json");
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("content-type")).toMatch(/^application\/activity\+json/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    for (const outsider of [vic, mallory, servers[1]!, null])
      for (const accept of ["application/activity+json", "text/html"]) {
        const answer = await get(path, outsider, accept);
        expect([path, answer.status, answer.text]).toEqual([path, 404, nothing.text]);
        expect(answer.headers.get("content-type")).toBe("application/json");
      }
  }
});

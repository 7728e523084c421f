import { expect, test } from "vitest";
import { createGroup } from "#domain/groups/create.ts";
import type { PersonId } from "#lib/ids.ts";
import type { ConversationPage, ConversationView } from "#protocol/api.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { startHostileApp, type Activity } from "../helpers/hostile-app.ts";

/** Ann has accepted what eve says to her; bo of eve's server is a stranger. */
async function scene() {
  const app = await startHostileApp();
  const { ann, eve, peer } = app;
  await app.say("bo", "hello");
  const bo = serveActor(peer, "bo", eve.keys);
  const context = peer.url("/contexts/1");
  expect((await app.send(app.signed(app.create({ context })))).status).toBe(202);
  const { token } = ann;
  const ask = (path: string, options: { method?: string; json?: unknown } = {}) =>
    app.request(`/api/chat/v1${path}`, { token, ...options });
  const { conversations } = (await ask("/conversations?state=request")).json as ConversationPage;
  const ofEve = conversations.find(({ conversation: { members } }) =>
    members.some(({ person }) => person.handle === "eve"),
  )!;
  const { id } = ofEve.conversation;
  const timer = async () =>
    ((await ask(`/conversations/${id}`)).json as ConversationView).conversation.expireAfter;
  let n = 0;
  const update = (object: Activity, by: HostileActor = eve, changes: Activity = {}): Activity => {
    const whole = { type: "OrderedCollection", id: context, chatExpireAfter: 60, ...object };
    const activity = { id: `${by.id}/timer/${(n += 1)}`, type: "Update", actor: by.id, to: [ann.uri] };
    return { ...activity, object: whole, ...changes };
  };
  const accept = () => ask(`/conversations/${id}/accept`, { method: "POST" });
  return { app, ann, eve, bo, id, context, ask, timer, update, accept };
}

test("IF-30: how long stays what two people say is chosen by these two, for nothing else, within reason", async () => {
  const { app, ann, eve, bo, id, update, timer } = await scene();
  const group = await createGroup(app.ctx, { personId: ann.id as PersonId, title: "Trip" });
  const room = (of: string) => `${app.origin}/r/${of}`;
  const attacks: Record<string, Activity> = {
    "a third person": update({ id: room(id) }, bo),
    "a group": update({ id: room(group) }),
    "a group as its keeper": update({ id: room(group), attributedTo: eve.id }),
    "what is not there": update({ id: room("0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d") }),
    nobody: update({}, eve, { to: [] }),
    "more than one": update({}, eve, { to: [ann.uri, bo.id] }),
    "somebody of hers": update({}, eve, { to: [bo.id] }),
    "too short": update({ chatExpireAfter: 1 }),
    "below nothing": update({ chatExpireAfter: -60 }),
    "too long": update({ chatExpireAfter: 1e9 }),
    "half a second": update({ chatExpireAfter: 60.5 }),
    "a word": update({ chatExpireAfter: "60" }),
    "no time": update({ chatExpireAfter: undefined }),
    "a list": update({ chatExpireAfter: [60] }),
  };
  const signed = Object.entries(attacks).map(([what, activity]) => {
    return [what, app.signed(activity, {}, activity["actor"] === bo.id ? bo : eve)] as const;
  });
  await app.withstands(Object.fromEntries(signed), { status: [202, 400, 403], asked: [eve.path, bo.path] });
  // By a name that is not theirs either.
  expect((await app.send(app.signed(update({}, bo), {}, bo))).status).toBe(202);
  expect(await timer()).toBeNull();
});

test("somebody who is not accepted yet says once how long their words stay, and goes on at nobody with it", async () => {
  const { app, context, update, timer, accept } = await scene();
  const send = async (activity: Activity) => (await app.send(app.signed(activity))).status;
  const first = update({});
  expect([await send(first), await send(first), await timer()]).toEqual([202, 202, 60]);
  expect([await send(update({ chatExpireAfter: null })), await timer()]).toEqual([202, 60]);
  expect((await accept()).status).toBeLessThan(300);
  expect([await send(update({ chatExpireAfter: null })), await timer()]).toEqual([202, null]);
  // A name that nobody knows yet says nothing: there is one conversation of the two.
  expect([await send(update({ id: `${context}2` })), await timer()]).toEqual([202, 60]);
});

test("of several choices the latest counts, in whatever order and however often they come", async () => {
  const { app, update, ask, id, timer, accept } = await scene();
  await accept();
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const hour = app.signed(update({ chatExpireAfter: 3_600, updated: minutesAgo(3) }));
  const never = app.signed(update({ chatExpireAfter: null, updated: minutesAgo(2) }));
  const day = app.signed(update({ chatExpireAfter: 86_400, updated: minutesAgo(1) }));
  for (const request of [hour, never, hour]) expect((await app.send(request)).status).toBe(202);
  expect(await timer()).toBeNull();
  for (const request of [day, never]) expect((await app.send(request)).status).toBe(202);
  expect(await timer()).toBe(86_400);
  // Of two at one moment the shorter, at both servers.
  const moment = minutesAgo(0);
  for (const chatExpireAfter of [600, 300, 900])
    expect((await app.send(app.signed(update({ chatExpireAfter, updated: moment })))).status).toBe(202);
  expect(await timer()).toBe(300);
  // Their clock may be ahead: what is chosen here afterwards counts all the same.
  const ahead = app.signed(update({ chatExpireAfter: 60, updated: "2999-01-01T00:00:00Z" }));
  expect((await app.send(ahead)).status).toBe(202);
  const path = `/conversations/${id}/timer`;
  expect((await ask(path, { method: "PUT", json: { seconds: 120 } })).status).toBeLessThan(300);
  expect(await timer()).toBe(120);
  expect((await app.send(app.signed(update({ chatExpireAfter: 30, updated: minutesAgo(0) })))).status).toBe(
    202,
  );
  expect(await timer()).toBe(120);
});

test("whoever is blocked chooses nothing any more", async () => {
  const { app, eve, ask, update, timer, accept } = await scene();
  await accept();
  const { json } = await ask("/conversations");
  const people = (json as ConversationPage).conversations.flatMap(({ conversation: { members } }) => members);
  const { id } = people.find(({ person }) => person.handle === "eve")!.person;
  const blocked = await ask(`/people/${id}/block`, { method: "PUT", json: { kind: "silent" } });
  expect(blocked.status).toBeLessThan(300);
  expect((await app.send(app.signed(update({}, eve)))).status).toBe(202);
  expect(await timer()).toBeNull();
});

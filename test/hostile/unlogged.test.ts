import { expect, test } from "vitest";
import { digestOf } from "#federation/digest.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { ConversationView, MessagePage } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { followGroup, saidIn, type FollowedGroup } from "../helpers/followed-group.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import { poll } from "../helpers/poll.ts";

async function said({ app, conversationId }: FollowedGroup): Promise<Message[]> {
  const path = `/api/chat/v1/conversations/${conversationId}/messages`;
  const { messages } = (await app.request(path, { token: app.ann.token })).json as MessagePage;
  return messages.filter(({ notice }) => notice === null);
}

async function textsIn(group: FollowedGroup): Promise<(string | null)[]> {
  return (await said(group)).map(({ body }) => (body !== null && "text" in body ? body.text : null));
}

function digest(activity: unknown): string {
  return digestOf(activity as JsonObject);
}

test("IF-68: whoever is taken out of a group has said nothing here that its keeper did not take", async () => {
  const group = await followGroup();
  const { app, keeper, room, entry, joins, send, serveLog } = group;
  const { vic, eve } = app;
  await send(entry(2, joins(vic.id)), keeper);
  const taken = saidIn(group, vic, { name: "taken" });
  for (const each of [taken, saidIn(group, vic, { name: "sneaked" }), saidIn(group, vic, { name: "again" })])
    expect(await send(each, vic)).toBe(202);
  expect(await send(saidIn(group, eve, { name: "of a member" }), eve)).toBe(202);
  await send(entry(3, taken["id"], { chatDigest: digest(taken) }), keeper);
  const removal = { type: "Remove", object: vic.id, target: `${room}/members`, chatBy: eve.id };
  await send(entry(4, removal), keeper);
  expect(await textsIn(group)).toEqual(["taken", null, null, "of a member"]);
  serveLog(4, 4, []);
  expect(await send(saidIn(group, vic, { name: "still here" }), vic)).toBe(403);
  expect(await app.texts()).not.toContain("still here");
  expect(await textsIn(group)).toHaveLength(4);
});

test("IF-68: what the keeper does not take is marked when its log was asked for, until its number comes after all", async () => {
  const group = await followGroup();
  const { app, keeper, entry, send, serveLog } = group;
  const { eve } = app;
  const { sql } = app.connection;
  const labels = async () => (await said(group)).map(({ unlogged }) => unlogged);
  const old = saidIn(group, eve, { name: "long ago" });
  serveLog(1, 1, []);
  for (const each of [old, saidIn(group, eve, { name: "just now" })]) expect(await send(each, eve)).toBe(202);
  const [{ soon } = { soon: false }] = await sql<{ soon: boolean }[]>`
    select next_ask_at < now() + interval '11 minutes' as soon from replica`;
  expect(soon).toBe(true);
  await sql`update message set received_at = now() - interval '11 minutes' where text = 'long ago'`;
  await sql`update replica set next_ask_at = now()`;
  await poll("the mark", async () => (await labels())[0] === true);
  expect(await labels()).toEqual([true, false]);
  await send(entry(2, old["id"], { chatDigest: digest(old) }), keeper);
  expect(await labels()).toEqual([false, false]);
});

test("IF-68: of two messages under one id, the one stays that the group's log knows", async () => {
  const group = await followGroup();
  const { app, keeper, entry, send } = group;
  const { eve, peer } = app;
  const [one, other] = [
    saidIn(group, eve, { name: "note", content: "one" }),
    saidIn(group, eve, { name: "note", content: "other" }),
  ];
  const path = new URL(String(one["id"])).pathname;
  const hasten = () =>
    app.connection.sql`update log_entry set next_attempt_at = now() where state = 'missing'`;
  peer.document(path, one);
  expect(await send(one, eve)).toBe(202);
  await send(entry(2, other["id"], { chatDigest: digest(other) }), keeper);
  await hasten();
  await poll("a look", async () => peer.requestsFor(path).length > 0);
  expect(await textsIn(group)).toEqual(["one"]);
  peer.document(path, other);
  await poll("the other words", async () => {
    await hasten();
    return (await textsIn(group))[0] === "other";
  });
  const [message] = await said(group);
  expect(message?.editedAt).not.toBeNull();
  const rows = await app.connection.sql`select state, message_id as id from log_entry where seq = 2`;
  expect(rows).toEqual([{ state: "applied", id: message?.id }]);
});

test("IF-68: a server that does not answer holds up nobody else, and is asked little at once", async () => {
  const group = await followGroup();
  const { app, keeper, entry, send } = group;
  const { eve, victim, peer } = app;
  const slow = Array.from({ length: 12 }, (_, index) => victim.url(`/slow/${index}`));
  let waiting = 0;
  let most = 0;
  for (const url of slow)
    victim.answer(new URL(url).pathname, (_request, response) => {
      most = Math.max(most, (waiting += 1));
      response.on("close", () => (waiting -= 1));
    });
  const hello = saidIn(group, eve, { name: "hello" });
  peer.document(new URL(String(hello["id"])).pathname, hello);
  const logged = [...slow, hello["id"]];
  for (const [index, uri] of logged.entries()) await send(entry(index + 2, uri), keeper);
  await app.connection
    .sql`update log_entry set next_attempt_at = now() - seq * interval '1 second' where state = 'missing'`;
  await app.connection.sql`update log_entry set next_attempt_at = now() where uri = ${String(hello["id"])}`;
  await poll("what another server has", async () => (await textsIn(group)).length > 0);
  expect(victim.requests.filter(({ url }) => url.startsWith("/slow/")).length).toBeLessThan(slow.length);
  expect(most).toBe(2);
});

test("IF-68: a number that makes no sense stands for nothing, and keeps no other away", async () => {
  const group = await followGroup();
  const { app, keeper, room, entry, serveLog, send } = group;
  const renamed = { id: room, type: "OrderedCollection", attributedTo: keeper.id, name: "Far" };
  const nobody = { type: "Add", object: `${app.origin}/users/nobody`, target: `${room}/members` };
  const senseless = [entry(2, 17), { chatSeq: 3 }, entry(4, nobody), "?", entry(6, { type: "Dance" })];
  serveLog(1, 7, [...(senseless as never[]), entry(7, { type: "Update", object: renamed })]);
  serveLog(7, 7, []);
  await send(entry(9, nobody), keeper);
  await send(entry(100, { type: "Update", object: renamed }), keeper);
  await app.connection.sql`update replica set next_ask_at = now()`;
  await poll("the name", async () => {
    const path = `/api/chat/v1/conversations/${group.conversationId}`;
    const { json } = await app.request(path, { token: app.ann.token });
    return (json as ConversationView).conversation.title === "Far";
  });
  const rows = await app.connection.sql<{ state: string }[]>`
    select state from log_entry where seq between 2 and 7 order by seq`;
  expect(rows.map(({ state }) => state)).toEqual([...Array<string>(5).fill("withheld"), "applied"]);
  expect(app.logged.some(({ text }) => text.includes("makes no sense"))).toBe(true);
});

test("IF-68: for a group that nobody here is in, nobody whom its log names is looked up", async () => {
  const { app, keeper, joins, entry } = await followGroup();
  const { peer, victim, eve, vic } = app;
  const strangers = [serveActor(victim, "cy"), serveActor(victim, "dan")];
  const log = peer.url("/r/2/log");
  const target = { id: log, type: "OrderedCollection", attributedTo: keeper.id };
  const elsewhere = ({ id }: { id: string }, seq: number) =>
    entry(
      seq,
      { ...joins(id), target: peer.url("/r/2/members"), chatBy: strangers[1]!.id },
      { id: `${log}/${seq}`, target },
    );
  await app.withstands(
    {
      "of another group": app.signed(elsewhere(strangers[0]!, 1), {}, keeper),
      "by nobody's keeper": app.signed({ ...elsewhere(strangers[0]!, 2), actor: eve.id }),
      "with one of ours": app.signed(elsewhere({ id: app.ann.uri }, 3), {}, keeper),
    },
    { status: 202, asked: [eve.path, vic.path, keeper.path] },
  );
});

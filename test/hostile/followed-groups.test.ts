import { expect, test } from "vitest";
import { digestOf } from "#federation/digest.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { ConversationView, MessagePage } from "#protocol/api.ts";
import { followGroup, saidIn, type FollowedGroup } from "../helpers/followed-group.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import { poll } from "../helpers/poll.ts";

async function viewOf({ app, conversationId }: FollowedGroup): Promise<ConversationView["conversation"]> {
  const { json } = await app.request(`/api/chat/v1/conversations/${conversationId}`, {
    token: app.ann.token,
  });
  return (json as ConversationView).conversation;
}

async function textsIn({ app, conversationId }: FollowedGroup): Promise<(string | null)[]> {
  const path = `/api/chat/v1/conversations/${conversationId}/messages`;
  const { messages } = (await app.request(path, { token: app.ann.token })).json as MessagePage;
  return messages.flatMap(({ notice, body }) =>
    notice === null ? [body !== null && "text" in body ? body.text : null] : [],
  );
}

test("IF-65: a group that another server keeps changes by its keeper's word alone, each number once", async () => {
  const group = await followGroup();
  const { app, keeper, room, entry, joins } = group;
  const { eve, vic, ann } = app;
  await app.send(app.signed(saidIn(group, vic, { name: "vic is known" }), {}, vic));
  const renamed = {
    type: "Update",
    object: { id: room, type: "OrderedCollection", attributedTo: keeper.id },
  };
  const rename = { ...renamed, object: { ...renamed.object, name: "Mine" }, chatBy: eve.id };
  const wish = { type: "Add", object: eve.id, target: `${room}/members`, chatRole: "owner" };
  const other = { id: `${room}2/log`, type: "OrderedCollection" };
  await app.withstands(
    {
      "by another actor of that server": app.signed(entry(2, rename, { actor: eve.id })),
      "by another server": app.signed(entry(2, rename, { actor: vic.id }), {}, vic),
      "in the keeper's name": app.signed(entry(2, rename), {}, { ...vic, keys: app.vic.keys }),
      "as if she were the keeper": app.signed({ ...wish, id: `${eve.id}/wish`, actor: eve.id }),
      "a decision that stands alone": app.signed({ ...rename, id: `${eve.id}/rename`, actor: eve.id }),
      "in another log": app.signed(entry(2, rename, { target: other }), {}, keeper),
      "under another number": app.signed(entry(2, rename, { id: `${room}/log/3` }), {}, keeper),
      "about another group": app.signed(
        entry(2, { ...rename, object: { ...rename.object, id: `${room}2` } }),
        {},
        keeper,
      ),
      "a number that is taken": app.signed(entry(1, rename), {}, keeper),
      "a number that is taken, by one who goes": app.signed(
        entry(1, { type: "Remove", object: ann.uri, target: `${room}/members` }),
        {},
        keeper,
      ),
      "the very same again": app.signed(entry(1, joins(ann.uri)), {}, keeper),
      "number none": app.signed(entry(0, rename), {}, keeper),
    },
    { status: [202, 401], asked: [eve.path, vic.path, keeper.path] },
  );
  expect((await viewOf(group)).title).toBe("Trip");
  expect(app.logged.some(({ reason }) => reason === "number_reused")).toBe(true);
});

test("IF-65: what lacks is asked for, and a number far ahead stands for itself alone", async () => {
  const group = await followGroup();
  const { app, keeper, room, entry, serveLog, send } = group;
  const renamed = { id: room, type: "OrderedCollection", attributedTo: keeper.id, name: "Far" };
  serveLog(1, 2, [entry(2, { type: "Update", object: renamed, chatBy: app.eve.id })]);
  serveLog(2, 2, []);
  const gone = { type: "Remove", object: app.ann.uri, target: `${room}/members` };
  expect(await send(entry(100_000, gone), keeper)).toBe(202);
  await poll("the name", async () => (await viewOf(group)).title === "Far");
  const [row] = await app.connection.sql<{ entries: number; seq: number }[]>`
    select (select count(*)::int from log_entry where conversation_id = c.id) as entries, log_seq::int as seq
    from conversation c where c.id = ${group.conversationId}`;
  expect(row).toEqual({ entries: 3, seq: 2 });
});

test("IF-65: an author's words are taken from their server only as their group's log knows them", async () => {
  const group = await followGroup();
  const { app, keeper, entry, send } = group;
  const { eve, peer } = app;
  const create = saidIn(group, eve, { name: "as it was" });
  const path = new URL(String(create["id"])).pathname;
  const serve = (content: string) =>
    peer.document(path, { ...create, object: { ...create.object, content } });
  const chatDigest = digestOf(create as unknown as JsonObject);
  expect(await send(entry(2, create["id"], { chatDigest }), keeper)).toBe(202);
  const hasten = () =>
    app.connection.sql`update log_entry set next_attempt_at = now() where state = 'missing'`;
  const put = async (): Promise<boolean> => {
    const rows = await app.connection.sql`
      select 1 from log_entry where state = 'missing' and attempts > 0 and next_attempt_at > now() and next_attempt_at < now() + interval '50 seconds'`;
    return rows.length === 1;
  };
  serve("as it never was");
  await hasten();
  await poll("a look", put);
  expect(await textsIn(group)).toEqual([]);
  serve("as it was");
  await hasten();
  await poll("the words", async () => (await textsIn(group)).length > 0);
  expect(await textsIn(group)).toEqual(["as it was"]);
});

test("IF-38: whoever was just let in is heard in the group, and a stranger who names it is not", async () => {
  const group = await followGroup();
  const { app, entry, joins, serveLog, send } = group;
  const { victim, vic, peer, eve } = app;
  const cy = serveActor(victim, "cy", vic.keys);
  const asked = () => peer.requests.filter(({ url }) => url.includes("/log?")).length;
  serveLog(1, 2, [entry(2, joins(cy.id))]);
  serveLog(2, 2, []);
  expect(await send(saidIn(group, cy, { name: "just came" }), cy)).toBe(202);
  expect(await textsIn(group)).toEqual(["just came"]);
  const before = asked();
  for (const content of ["let", "me", "in"])
    expect(await send(saidIn(group, vic, { name: content }), vic)).toBe(202);
  expect(asked()).toBe(before + 1);
  expect(await textsIn(group)).toEqual(["just came"]);
  expect(await app.texts()).toEqual(expect.arrayContaining(["let", "me", "in"]));
  peer.answer("/r/1/log?after=2", (_request, response) => void response.writeHead(503).end());
  expect(await send(saidIn(group, eve, { name: "whom all know" }), eve)).toBe(202);
  const dan = serveActor(victim, "dan", vic.keys);
  expect(await send(saidIn(group, dan, { name: "while the keeper is silent" }), dan)).toBe(503);
  expect(await textsIn(group)).toHaveLength(2);
});

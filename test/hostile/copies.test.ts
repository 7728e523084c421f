import { expect, test } from "vitest";
import { setServerRule } from "#domain/server-rules.ts";
import { digestOf } from "#federation/digest.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { MessagePage } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { followGroup, saidIn, type FollowedGroup } from "../helpers/followed-group.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import type { Activity } from "../helpers/hostile-app.ts";
import { poll } from "../helpers/poll.ts";

/** The group with vic of a third server in it too. */
async function meet() {
  const group = await followGroup();
  const { app, entry, joins, send, keeper } = group;
  expect(await send(entry(2, joins(app.vic.id)), keeper)).toBe(202);
  return group;
}

async function said({ app, conversationId }: FollowedGroup): Promise<Message[]> {
  const path = `/api/chat/v1/conversations/${conversationId}/messages`;
  const { messages } = (await app.request(path, { token: app.ann.token })).json as MessagePage;
  return messages.filter(({ notice }) => notice === null);
}

/** A message as the server that keeps the group says it has it. */
function copyOf({ room, keeper }: FollowedGroup, seq: number, chatCopy: unknown): Activity {
  const id = `${room}/copy?seq=${seq}`;
  return { id, type: "Object", attributedTo: keeper.id, context: room, chatSeq: seq, chatCopy };
}

/** Lets what lacks have lacked for two days, and looks for it once more. */
async function seek({ app: { connection } }: FollowedGroup): Promise<void> {
  const { sql } = connection;
  await sql`update log_entry set created_at = now() - interval '2 days', attempts = 0, next_attempt_at = now()
    where state = 'missing'`;
  await poll("a look at everything that lacks", async () => {
    const rows = await sql`select 1 from log_entry
      where state = 'missing' and (attempts = 0 or next_attempt_at > now() + interval '50 seconds')`;
    return rows.length === 0;
  });
}

test("IF-67: what nobody has any more but the keeper is shown as such, and as its author's once that speaks again", async () => {
  const group = await meet();
  const { app, keeper, entry, send } = group;
  const { vic, victim, peer } = app;
  const hello = saidIn(group, vic, { name: "hello" });
  expect(await send(saidIn(group, vic, { name: "before" }), vic)).toBe(202);
  const heard = async () => (await said(group)).slice(1);
  const chatDigest = digestOf(hello as unknown as JsonObject);
  peer.document("/r/1/copy?seq=3", copyOf(group, 3, hello.object));
  expect(await send(entry(3, hello["id"], { chatDigest }), keeper)).toBe(202);
  await seek(group);
  // Their server still answers for vic: what it does not give is not for us.
  expect(await heard()).toEqual([]);
  victim.answer(vic.path, (_request, response) => void response.writeHead(404).end());
  await app.connection.sql`update log_entry set next_attempt_at = now() where state = 'missing'`;
  await poll("the copy", async () => (await heard()).length > 0);
  const [copy] = await heard();
  expect(copy).toMatchObject({ vouched: true, editedAt: null, body: { text: "hello" } });
  const numbers = () => app.connection.sql`
    select e.state, e.seq::int, m.seq::int as number from log_entry e join message m on m.id = e.message_id where e.seq = 3`;
  expect(await numbers()).toEqual([{ state: "applied", seq: 3, number: 3 }]);
  const other = saidIn(group, vic, { name: "hello", content: "something else" });
  expect(await send(other, vic)).toBe(202);
  expect(await heard()).toEqual([copy]);
  expect(await send(hello, vic)).toBe(202);
  expect(await heard()).toEqual([{ ...copy, vouched: false, revision: expect.any(Number) as number }]);
  expect(await numbers()).toEqual([{ state: "applied", seq: 3, number: 3 }]);
});

test("IF-67: a keeper gives nobody words whom its log does not, and no copy changes what is here", async () => {
  const group = await meet();
  const { app, keeper, room, entry, joins, send, serveLog } = group;
  const { vic, victim, eve, peer, ann } = app;
  serveLog(2, 2, []);
  const [mallory, dan] = [serveActor(victim, "mallory", vic.keys), serveActor(victim, "dan", vic.keys)];
  expect(await send(saidIn(group, mallory, { name: "to-ann" }), mallory)).toBe(202);
  expect(await send(saidIn(group, vic, { name: "known" }), vic)).toBe(202);
  const by = (author: { id: string }, name: string, changes: Activity = {}) => {
    const { id, object } = saidIn(group, author, { name: name });
    return { id, object: { ...object, ...changes } };
  };
  const known = saidIn(group, vic, { name: "known" }).object;
  const large = by(vic, "large", { content: "x".repeat(3_000_000) });
  const ours = by({ id: victim.url("/users/ann") }, "in-anns-name");
  const foreign = by(eve, "elsewhere");
  const copies: Record<string, { id: unknown; object: Activity; around?: Activity }> = {
    "in ann's name": { ...ours, object: { ...ours.object, attributedTo: ann.uri } },
    "as hers altogether": { ...ours, object: { ...ours.object, id: `${ann.uri}/1`, attributedTo: ann.uri } },
    "of no member": by(mallory, "sneaks in"),
    "of a later member": by(dan, "too early"),
    "of another origin than its activity": { ...foreign, object: by(vic, "elsewhere").object },
    "for everybody": by(vic, "public", { to: [ann.uri, "as:Public"] }),
    "for nobody here": by(vic, "not ours", { to: [eve.id] }),
    "too large": large,
    "of what is here": { id: `${vic.id}/notes/known/again`, object: { ...known, content: "changed" } },
    "a tombstone": by(vic, "gone", { type: "Tombstone" }),
    "another number": { ...by(vic, "number"), around: { chatSeq: 1 } },
    "another group": { ...by(vic, "group"), around: { context: `${room}2` } },
    "not the keeper's": { ...by(vic, "keeper"), around: { attributedTo: eve.id } },
    "under another address": { ...by(vic, "address"), around: { id: `${room}/copy?seq=1` } },
    "as a page": by(vic, "html"),
  };
  let seq = 2;
  for (const [name, { id, object, around }] of Object.entries(copies)) {
    seq += 1;
    const type = name === "as a page" ? "text/html" : undefined;
    peer.document(`/r/1/copy?seq=${seq}`, { ...copyOf(group, seq, object), ...around }, type);
    expect(await send(entry(seq, id), keeper), name).toBe(202);
  }
  expect(await send(entry(seq + 1, joins(dan.id)), keeper)).toBe(202);
  for (const { path } of [vic, mallory, dan])
    victim.answer(path, (_request, response) => void response.writeHead(404).end());
  peer.answer(eve.path, (_request, response) => void response.writeHead(404).end());
  await seek(group);
  expect(await said(group)).toMatchObject([{ vouched: false, body: { text: "known" } }]);
  const asked = Object.keys(copies).map((_, index) => `/r/1/copy?seq=${index + 3}`);
  for (const path of asked) expect(peer.requestsFor(path), path).not.toEqual([]);
  expect(app.strangers).toEqual([]);
});

test("IF-67: who keeps us out, or whom our operator keeps out, is not gone: nobody else gives their words", async () => {
  const group = await meet();
  const { app, keeper, entry, send } = group;
  const { vic, victim, peer } = app;
  const hello = saidIn(group, vic, { name: "hello" });
  peer.document("/r/1/copy?seq=3", copyOf(group, 3, hello.object));
  const refused = new URL(String(hello["id"])).pathname;
  for (const path of [vic.path, refused])
    victim.answer(path, (_request, response) => void response.writeHead(403).end());
  expect(await send(entry(3, hello["id"]), keeper)).toBe(202);
  await seek(group);
  expect(peer.requestsFor("/r/1/copy?seq=3")).not.toEqual([]);
  expect(await said(group)).toEqual([]);
  const { host } = new URL(vic.id);
  await setServerRule(app.ctx, { by: null, host, level: "suspend", note: "" });
  for (const path of [vic.path, refused])
    victim.answer(path, (_request, response) => void response.writeHead(404).end());
  await seek(group);
  expect(await said(group)).toEqual([]);
});

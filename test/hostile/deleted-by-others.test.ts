import { expect, test } from "vitest";
import { postMessage } from "#domain/messages/post.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { MessagePage } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { delivered, followGroup, type FollowedGroup } from "../helpers/followed-group.ts";
import type { HostileActor } from "../helpers/hostile-actor.ts";
import type { Activity, HostileApp } from "../helpers/hostile-app.ts";
import type { Sendable } from "../helpers/hostile-signing.ts";
import { deed, keepGroup } from "../helpers/kept-group.ts";

async function messagesIn({ request, ann }: HostileApp, id: ConversationId | string): Promise<Message[]> {
  const { json } = await request(`/api/chat/v1/conversations/${id}/messages`, { token: ann.token });
  return (json as MessagePage).messages.filter(({ notice }) => notice === null);
}

const gone = (id: string, origin?: string) => ({
  object: { id, type: "Tombstone" },
  ...(origin && { origin }),
});

async function say({ ctx, ann }: HostileApp, conversationId: ConversationId, text: string): Promise<string> {
  const authorId = ann.id as PersonId;
  return (await postMessage(ctx, { conversationId, authorId, text, inReplyTo: null })).message.id;
}

test("IF-70: what others said in a group of ours is deleted for who may, and for nobody else", async () => {
  const group = await keepGroup();
  const { app, bo, mallory, room, id } = group;
  const { eve, vic } = app;
  const said = await say(app, id, "to be deleted");
  const [elsewhere] = await app.requests();
  const other = elsewhere!.messages[0]!;
  await delivered(app);
  const message = `${app.origin}/m/${said}`;
  const wish = (by: HostileActor, rest: Activity = {}): Sendable =>
    app.signed(deed(by, "Delete", { ...gone(message, room), ...rest }), {}, by);
  const asked = [eve, vic, bo, mallory].map(({ path }) => path);
  await app.withstands(
    {
      "by a member who may not": wish(eve),
      "by who was in it": wish(vic),
      "by who decided before what happened since": wish(bo, { chatEpoch: 1 }),
      "what stands in another conversation": wish(bo, gone(`${eve.id}/notes/1`)),
      "what is nowhere": wish(bo, gone(`${eve.id}/notes/none`)),
    },
    { status: 403, asked },
  );
  await app.withstands(
    {
      "by a stranger": wish(mallory),
      "out of a group that is not there": wish(bo, { origin: `${app.origin}/r/${other.id}` }),
      "as if it were one's own": app.signed(deed(bo, "Delete", gone(message)), {}, bo),
    },
    { status: 202, asked },
  );
  const to = [app.ann.uri, bo.id];
  const refused = await app.send(wish(bo, { chatEpoch: 1 }));
  expect([refused.status, refused.text]).toEqual([403, '{"error":"stale_epoch"}']);
  const hers = { id: `${eve.id}/notes/trip`, attributedTo: eve.id, context: room, content: "eve's own", to };
  await app.send(app.signed(app.create(hers, { id: `${hers.id}/create`, actor: eve.id, to })));
  await delivered(app);
  for (const each of [message, hers.id])
    expect((await app.send(wish(bo, { ...gone(each, room), chatEpoch: 5 }))).status).toBe(202);
  const deleted = await messagesIn(app, id);
  expect(deleted.map(({ body, deletedBy }) => [body, deletedBy])).toEqual(
    deleted.map(() => [null, expect.any(String)]),
  );
  await delivered(app);
  const sent = (
    await app.connection.sql<{ body: string }[]>`
    select body from activity where type = 'LogEntry' order by created_at, id`
  ).map(({ body }) => JSON.parse(body));
  expect(sent.slice(-2).map(({ object }) => object)).toEqual(
    [message, hers.id].map((each) => ({ type: "Delete", ...gone(each, room), chatBy: bo.id })),
  );
  await app.withstands(
    { again: wish(bo), "hers again": wish(bo, gone(hers.id, room)) },
    { status: 202, asked },
  );
  // Her own deletion comes too late to be hers.
  const late = app.signed(deed(eve, "Delete", gone(hers.id)));
  expect((await app.send(late)).status).toBe(202);
  expect(await messagesIn(app, id)).toEqual(deleted);
});

function said({ app, room }: FollowedGroup, by: { id: string }, name: string) {
  const id = `${by.id}/notes/${name}`;
  return app.create(
    { id, attributedTo: by.id, context: room, content: name },
    { id: `${id}/create`, actor: by.id },
  );
}

test("IF-70: what others said in a group of another server is deleted by its keeper's word alone", async () => {
  const group = await followGroup();
  const { app, keeper, room, entry, send, conversationId } = group;
  const { eve, vic, ann } = app;
  for (const each of [said(group, eve, "stays"), said(group, eve, "goes")]) await send(each, eve);
  const direct = app.create(
    { id: `${eve.id}/notes/direct`, attributedTo: eve.id, content: "direct" },
    { id: `${eve.id}/notes/direct/create`, actor: eve.id },
  );
  await send(direct, eve);
  await send(said(group, vic, "vic is known"), vic);
  const own = await say(app, conversationId as ConversationId, "mine");
  await delivered(app);
  const end = (name: string) => ({
    type: "Delete",
    ...gone(`${eve.id}/notes/${name}`, room),
    chatBy: vic.id,
  });
  await app.withstands(
    {
      "by another actor of that server": app.signed(entry(2, end("stays"), { actor: eve.id })),
      "by another server": app.signed(entry(2, end("stays"), { actor: vic.id }), {}, vic),
      "by the keeper, but in no log": app.signed(deed(keeper, "Delete", end("stays")), {}, keeper),
      "by the keeper, as if it were the author": app.signed(
        deed(keeper, "Delete", gone(`${eve.id}/notes/stays`)),
        {},
        keeper,
      ),
      "by a member, as if this server kept the group": app.signed(
        deed(vic, "Delete", gone(`${eve.id}/notes/stays`, room)),
        {},
        vic,
      ),
      "out of another group": app.signed(entry(2, { ...end("stays"), origin: `${room}2` }), {}, keeper),
    },
    { status: 202, asked: [eve.path, vic.path, keeper.path] },
  );
  await send(entry(2, end("direct")), keeper);
  await send(entry(3, end("goes")), keeper);
  await send(entry(4, end("never")), keeper);
  await send(entry(5, { ...end("mine"), ...gone(`${app.origin}/m/${own}`, room) }), keeper);
  const by = (await messagesIn(app, conversationId)).find(({ deletedBy }) => deletedBy !== null)?.deletedBy;
  const shown = async () =>
    (await messagesIn(app, conversationId)).map(({ body, deletedBy, authorId }) => {
      return [authorId === ann.id, body !== null && "text" in body ? body.text : null, deletedBy];
    });
  const after = [
    [false, "stays", null],
    [false, null, by],
    [true, null, by],
  ];
  expect(await shown()).toEqual(after);
  const [other] = await app.connection.sql`select text from message where uri = ${`${eve.id}/notes/direct`}`;
  expect(other).toEqual({ text: "direct" });
  await app.withstands(
    {
      again: app.signed(entry(3, end("goes")), {}, keeper),
      "what was deleted before it came": app.signed(said(group, eve, "never")),
      "what is deleted": app.signed(said(group, eve, "goes")),
    },
    { status: 202, asked: [eve.path, keeper.path] },
  );
  expect(await shown()).toEqual(after);
  await send(entry(6, end("goes")), keeper);
  expect(await shown()).toEqual(after);
  await delivered(app);
});

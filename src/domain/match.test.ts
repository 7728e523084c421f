import { expect, test } from "vitest";
import type { PersonRow } from "#db/people.ts";
import { listMessages } from "#domain/read.ts";
import { newId, type ConversationId } from "#lib/ids.ts";

import { Refusal } from "#lib/refusal.ts";
import { arrival } from "../../test/helpers/arrival.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { receiveMessage } from "./receive.ts";

/** A titled group of these people, of whom the first owns it. */
async function group(
  { ctx, connection: { sql } }: World,
  people: readonly PersonRow[],
): Promise<ConversationId> {
  const id = newId<"conversation">();
  const permissions = JSON.stringify({
    write: "member",
    invite: "member",
    pin: "member",
    edit: "admin",
    delete: "admin",
  });
  await sql`insert into conversation (id, kind, title, permissions, revision, activity_at, created_by, created_at)
    values (${id}, 'group', 'Trip', ${permissions}::jsonb, 1, ${ctx.now().toISOString()}, ${people[0]!.id}, ${ctx.now().toISOString()})`;
  for (const [rank, { id: personId }] of people.entries()) {
    const role = rank === 0 ? "owner" : "member";
    await sql`insert into member (conversation_id, person_id, role, state, rank)
      values (${id}, ${personId}, ${role}, 'accepted', ${rank})`;
  }
  return id;
}

async function openScene() {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.remote("cy")];
  const [zed, eve] = [await world.remote("zed", "z.example"), await world.remote("eve", "e.example")];
  const id = await group(world, [ann, bo, cy]);
  const seen = async ({ id: personId }: PersonRow, conversationId = id) =>
    (await listMessages(world.ctx, { personId, conversationId, at: null, limit: 10 })).messages;
  const into = { local: { inReplyToId: null, conversationIds: [id] } };
  return { ...world, ann, bo, cy, zed, eve, id, seen, into };
}

test("a member's message belongs to the group that it names, whomever of it they address", async () => {
  const { ctx, ann, bo, cy, seen, into } = await openScene();
  await receiveMessage(ctx, arrival(cy, [ann, bo], { text: "to all", ...into }));
  await receiveMessage(ctx, arrival(cy, [ann], { text: "to ann", ...into }));
  expect((await seen(ann)).map(({ text, omitted }) => [text, omitted])).toEqual([
    ["to all", []],
    ["to ann", [bo.id]],
  ]);
  expect((await seen(bo)).map(({ text }) => text)).toEqual(["to all"]);
});

test("whoever is addressed besides is named, and does not come in by it", async () => {
  const { ctx, connection, ann, bo, cy, zed, seen, into, id } = await openScene();
  await receiveMessage(ctx, arrival(cy, [ann, bo, zed], into));
  expect(await seen(ann)).toMatchObject([{ alsoTo: ["@zed@z.example"], omitted: [] }]);
  const members = await connection.sql`select 1 from member where conversation_id = ${id}`;
  expect(members).toHaveLength(3);
});

test("an answer to a message of the group belongs to it, though it names no conversation", async () => {
  const { ctx, ann, bo, cy, say, seen, id } = await openScene();
  const { id: inReplyToId } = await say(ann, id, "who comes?");
  await receiveMessage(ctx, arrival(cy, [ann, bo], { local: { inReplyToId, conversationIds: [] } }));
  expect(await seen(bo)).toMatchObject([{}, { inReplyTo: inReplyToId }]);
});

test("nobody enters by naming a group or by answering in it: strangers get the conversation of their people", async () => {
  const { ctx, connection, ann, bo, eve, say, seen, into, id } = await openScene();
  const { id: inReplyToId } = await say(ann, id, "secret");
  await receiveMessage(ctx, arrival(eve, [ann, bo], into));
  await receiveMessage(ctx, arrival(eve, [ann, bo], { local: { inReplyToId, conversationIds: [] } }));
  expect(await seen(ann)).toHaveLength(1);
  const [other] = await connection.sql<{ id: ConversationId; kind: string }[]>`
    select id, kind from conversation where id <> ${id}`;
  expect(other?.kind).toBe("direct");
  expect(await seen(ann, other!.id)).toHaveLength(2);
});

test("whoever was in the group is refused by name, and nothing is kept", async () => {
  const { ctx, connection, ann, bo, cy, seen, into, id } = await openScene();
  await connection.sql`delete from member where conversation_id = ${id} and person_id = ${cy.id}`;
  await connection.sql`insert into former_member (conversation_id, person_id, role, state, history_after,
    history_until, read_position, left_revision, joined_revision, left_at, rank)
    values (${id}, ${cy.id}, 'member', 'removed', 0, 0, 0, 1, 0, now(), 2)`;
  const late = receiveMessage(ctx, arrival(cy, [ann, bo], into));
  await expect(late).rejects.toThrow(new Refusal("not_member"));
  expect(await seen(ann)).toHaveLength(0);
  expect(await connection.sql`select 1 from conversation`).toHaveLength(1);
});

test("the same people without a name never find a titled group", async () => {
  const { ctx, connection, ann, bo, cy, seen } = await openScene();
  await receiveMessage(ctx, arrival(cy, [ann, bo]));
  expect(await seen(ann)).toHaveLength(0);
  expect(await connection.sql`select kind from conversation order by kind`).toMatchObject([
    { kind: "direct" },
    { kind: "group" },
  ]);
});

test("a message that names two groups belongs to neither", async () => {
  const scene = await openScene();
  const { ctx, ann, bo, cy, seen, id } = scene;
  const other = await group(scene, [ann, bo, cy]);
  await receiveMessage(
    ctx,
    arrival(cy, [ann, bo], { local: { inReplyToId: null, conversationIds: [id, other] } }),
  );
  expect([await seen(ann), await seen(ann, other)]).toEqual([[], []]);
});

test("what was sent in an older epoch is marked, and whoever came since does not see it", async () => {
  const { ctx, connection, ann, bo, cy, seen, into, id } = await openScene();
  await connection.sql`update conversation set chat_epoch = 7, keeper_id = ${cy.id} where id = ${id}`;
  await receiveMessage(ctx, arrival(cy, [ann], { text: "late", chatEpoch: 6, ...into }));
  await receiveMessage(ctx, arrival(cy, [ann, bo], { text: "now", chatEpoch: 7, ...into }));
  expect((await seen(ann)).map(({ text, late }) => [text, late])).toEqual([
    ["late", true],
    ["now", false],
  ]);
  expect((await seen(bo)).map(({ text }) => text)).toEqual(["now"]);
});

test("a group goes before an untitled conversation of the same people that was given its name", async () => {
  const { ctx, connection, ann, bo, cy, seen, into, id } = await openScene();
  const room = "https://b.example/rooms/1";
  await connection.sql`insert into conversation_alias (conversation_id, uri) values (${id}, ${room})`;
  await receiveMessage(ctx, arrival(cy, [ann, bo], { contexts: ["https://b.example/other"] }));
  const both = { contexts: ["https://b.example/other", room] };
  await receiveMessage(ctx, arrival(cy, [ann, bo], { text: "both", ...both }));
  await receiveMessage(ctx, arrival(cy, [ann, bo], { text: "named", ...into }));
  expect((await seen(ann)).map(({ text }) => text)).toEqual(["both", "named"]);
  const names = await connection.sql`select 1 from conversation_alias where uri = ${room}`;
  expect(names).toHaveLength(1);
});

test("what a member sends only to somebody who has gone from the group opens nothing", async () => {
  const { ctx, connection, bo, cy, into, id } = await openScene();
  await connection.sql`delete from member where conversation_id = ${id} and person_id = ${bo.id}`;
  await connection.sql`insert into former_member (conversation_id, person_id, role, state, history_after,
    history_until, read_position, left_revision, joined_revision, left_at, rank)
    values (${id}, ${bo.id}, 'member', 'left', 0, 0, 0, 1, 0, now(), 1)`;
  await expect(receiveMessage(ctx, arrival(cy, [bo], into))).rejects.toThrow(new Refusal("not_member"));
  expect(await connection.sql`select 1 from conversation`).toHaveLength(1);
});

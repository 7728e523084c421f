import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { person } from "#db/schema/people.ts";
import { describeActivity } from "#domain/outgoing/describe.ts";
import type { OutgoingMessage } from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import { receiveMessage } from "#domain/receive.ts";
import { listMessages } from "#domain/read.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { decided, groupOf } from "../../../test/helpers/groups.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { deliveredTo } from "../../../test/helpers/delivered.ts";
import { leaveGroup } from "./verbs.ts";

interface Band {
  world: World;
  id: ConversationId;
  ann: PersonRow;
  cy: PersonRow;
  /** Their servers know no groups. */
  moa: PersonRow;
  mia: PersonRow;
}

async function begin(): Promise<Band> {
  const world = await createWorld();
  const [ann, cy] = await Promise.all([world.local("ann"), world.local("cy")]);
  const [moa, mia] = await Promise.all([world.remote("moa"), world.remote("mia", "c.example")]);
  const id = await groupOf(world, [ann, cy, moa, mia]);
  return { world, id, ann, cy, moa, mia };
}

/** What a server was sent as messages, oldest first. */
async function toldTo({ ctx, connection }: World, host: string): Promise<OutgoingMessage[]> {
  const ids = await deliveredTo(connection.db, host, "Create");
  return await Promise.all(ids.map(async (id) => (await describeActivity(ctx, id)) as OutgoingMessage));
}

const saidBy = ({ actor, version, audience, inReplyTo }: OutgoingMessage) => ({
  by: actor.handle,
  text: version?.text,
  to: audience.map(({ handle }) => handle).toSorted(),
  inReplyTo: inReplyTo?.id ?? null,
});

test("who comes and goes, and a new name, are told to servers that know no groups, as the start of a thread", async () => {
  const { world, id, ann, cy } = await begin();
  const facts = { title: "Choir" };
  await decided(world, id, [
    { type: "facts", by: ann.id, facts },
    { type: "role", by: ann.id, personId: cy.id, role: "admin" },
  ]);
  await leaveGroup(world.ctx, { personId: cy.id, conversationId: id });
  const all = ["ann", "cy", "mia", "moa"];
  const without = (name: string) => all.filter((each) => each !== name);
  const told = (await toldTo(world, "b.example")).map(saidBy);
  expect(told).toEqual([
    { by: "ann", text: "ann added cy.", to: without("ann"), inReplyTo: null },
    { by: "ann", text: "ann added moa.", to: without("ann"), inReplyTo: null },
    { by: "ann", text: "ann added mia.", to: without("ann"), inReplyTo: null },
    { by: "ann", text: "ann named the group “Choir”.", to: without("ann"), inReplyTo: null },
    { by: "cy", text: "cy left.", to: ["ann", "mia", "moa"], inReplyTo: null },
  ]);
});

test("what is said after a change answers the line that told of it", async () => {
  const { world, id, ann, moa } = await begin();
  await decided(world, id, [{ type: "facts", by: ann.id, facts: { title: "Choir" } }]);
  await world.say(ann, id, "hello");
  const told = await toldTo(world, moa.host!);
  const [line, hello] = told.slice(-2);
  expect(hello!.version?.text).toBe("hello");
  expect(hello!.inReplyTo?.id).toBe(line!.message.id);
});

test("what somebody elsewhere did is told by the owner, and to them too", async () => {
  const { world, id, moa } = await begin();
  await decided(world, id, [{ type: "facts", by: moa.id, facts: { title: "Choir" } }]);
  const line = (await toldTo(world, moa.host!)).at(-1)!;
  expect(saidBy(line)).toMatchObject({ by: "ann", text: "moa named the group “Choir”." });
  expect(line.audience.map(({ handle }) => handle)).toContain("moa");
});

test("without an owner or admin here, the server itself tells", async () => {
  const { world, id, ann, moa, mia } = await begin();
  await decided(world, id, [
    { type: "transfer", personId: moa.id, by: ann.id },
    { type: "role", personId: ann.id, by: moa.id, role: "member" },
    { type: "leave", personId: mia.id },
  ]);
  const line = (await toldTo(world, moa.host!)).at(-1)!;
  expect(line.version?.text).toBe("mia left.");
  expect(line.actor.kind).toBe("application");
});

test("servers of our own kind, and whoever went, are not told by messages", async () => {
  const { world, id, ann, mia, moa } = await begin();
  const kin = await world.remote("kin", "d.example");
  const signals = "https://d.example/signals";
  await world.ctx.db.update(person).set({ signals }).where(eq(person.id, kin.id));
  await decided(world, id, [{ type: "join", personId: kin.id, by: ann.id, role: "member" }]);
  expect(await toldTo(world, kin.host!)).toEqual([]);
  const before = await toldTo(world, mia.host!);
  await decided(world, id, [{ type: "remove", personId: mia.id, by: ann.id, ban: false }]);
  expect(await toldTo(world, mia.host!)).toHaveLength(before.length);
  expect((await toldTo(world, moa.host!)).at(-1)!.version?.text).toBe("ann removed mia.");
});

async function answer(band: Band, author: PersonRow, inReplyToId: MessageId): Promise<void> {
  const { world, ann } = band;
  const uri = `${author.uri}/statuses/${crypto.randomUUID()}`;
  await receiveMessage(world.ctx, {
    activity: { uri: `${uri}/activity`, digest: uri, said: uri },
    ...{ authorId: author.id, uri, form: "Note", recipientIds: [ann.id], contexts: [], room: null },
    ...{ inReplyToUri: null, local: { inReplyToId, conversationIds: [] } },
    ...{ body: { text: "thanks", html: null }, sentAt: world.ctx.now(), chatEpoch: null },
  });
}

test("an answer to such a line comes into the group, shown to whom it was for, and answers no message there", async () => {
  const band = await begin();
  const { world, id, ann, moa } = band;
  const line = (await toldTo(world, moa.host!)).at(-1)!;
  await answer(band, moa, line.message.id);
  const { messages } = await listMessages(world.ctx, {
    ...{ personId: ann.id, conversationId: id },
    at: null,
    limit: 10,
  });
  const last = messages.at(-1)!;
  expect(last).toMatchObject({ text: "thanks", inReplyTo: null, authorId: moa.id });
  expect(last.omitted).toHaveLength(2);
});

test("whoever was taken out cannot come back by answering such a line", async () => {
  const band = await begin();
  const { world, id, ann, moa } = band;
  const line = (await toldTo(world, moa.host!)).at(-1)!;
  await decided(world, id, [{ type: "remove", personId: moa.id, by: ann.id, ban: false }]);
  await expect(answer(band, moa, line.message.id)).rejects.toMatchObject({ code: "not_member" });
});

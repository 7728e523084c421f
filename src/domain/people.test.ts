import { expect, test } from "vitest";
import { createWorld, type World } from "../../test/helpers/world.ts";
import type { EventOf } from "./events.ts";
import { workOffEndings } from "./ending/work.ts";
import { forgetExpired } from "./housekeeping.ts";
import { moveRemotePerson } from "./moving/take-in.ts";
import {
  deleteRemotePerson,
  findPersonByUri,
  saveStandIns,
  saveRemotePerson,
  type PersonRow,
} from "./people.ts";
import { listMessages, readConversation } from "./read.ts";
import { transact } from "./transact.ts";

const DAY_MS = 24 * 3600 * 1000;

type Changed = EventOf<"member.changed">;
const changes = ({ events }: World) =>
  events.filter((event): event is Changed => event.name === "member.changed");

/** What bo's server says of bo. */
const said = (bo: PersonRow, change: Partial<PersonRow> = {}) => {
  const { kind, handle, name, profileUrl, inbox } = { ...bo, ...change };
  return { uri: bo.uri!, host: bo.host!, kind, handle, name, profileUrl, inbox };
};

test("whoever shares a conversation with somebody hears of their new name, once per conversation", async () => {
  const world = await createWorld();
  const [ann, bea, bo] = [await world.local("ann"), await world.local("bea"), await world.remote("bo")];
  const [first, second] = [await world.between(ann, bo), await world.between(bea, bo)];
  const others = await world.between(ann, bea);
  const before = await readConversation(world.ctx, { personId: ann.id, conversationId: others });
  await saveRemotePerson(world.ctx, said(bo, { name: "Bo" }));
  const told = changes(world).map(({ conversationId, personId, revision, to }) => ({
    conversationId,
    personId,
    revision,
    to,
  }));
  expect(told).toHaveLength(2);
  expect(told).toContainEqual({ conversationId: first, personId: bo.id, revision: 2, to: [ann.id] });
  expect(told).toContainEqual({ conversationId: second, personId: bo.id, revision: 2, to: [bea.id] });
  const view = await readConversation(world.ctx, { personId: ann.id, conversationId: first });
  expect(view.conversation.revision).toBe(2);
  expect(view.members.find(({ person }) => person.id === bo.id)?.person.name).toBe("Bo");
  const after = await readConversation(world.ctx, { personId: ann.id, conversationId: others });
  expect(after.conversation.revision).toBe(before.conversation.revision);
});

test("who is as they were, or only has another inbox, is nobody's news", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  await world.between(ann, bo);
  await saveRemotePerson(world.ctx, said(bo));
  await saveRemotePerson(world.ctx, said(bo, { inbox: "https://b.example/inbox/bo" }));
  expect(changes(world)).toEqual([]);
});

test("a handle is remembered for a year after its change; a guessed one, or another spelling of it, is none", async () => {
  const world = await createWorld();
  const bo = await world.remote("bo");
  const now = async () => (await findPersonByUri(world.ctx, bo.uri!))!.formerHandle;
  await saveRemotePerson(world.ctx, said(bo, { handle: "Bo" }));
  expect(await now()).toBeNull();
  await saveRemotePerson(world.ctx, said(bo, { handle: "bobby" }));
  await saveRemotePerson(world.ctx, said(bo, { handle: "bobby", name: "Bobby" }));
  expect(await now()).toBe("Bo");
  world.pass(364 * DAY_MS);
  await forgetExpired(world.ctx);
  expect(await now()).toBe("Bo");
  world.pass(2 * DAY_MS);
  await forgetExpired(world.ctx);
  expect(await now()).toBeNull();
  const standIn = { uri: "https://c.example/1", handle: "unknown", host: "c.example" };
  const [guess] = await transact(world.ctx, (tx) => saveStandIns(world.ctx, tx, [standIn]));
  expect((await saveRemotePerson(world.ctx, said(guess!, { handle: "cy" }))).formerHandle).toBeNull();
});

test("of somebody deleted only the address stays, and what others wrote; found again, they are back", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  await saveRemotePerson(world.ctx, said(bo, { name: "Bo" }));
  await world.say(ann, conversationId, "hello");
  await world.say(bo, conversationId, "words");
  await deleteRemotePerson(world.ctx, { uri: bo.uri! });
  await deleteRemotePerson(world.ctx, { uri: bo.uri! });
  expect(await findPersonByUri(world.ctx, bo.uri!)).toMatchObject({
    state: "deleted",
    handle: "bo",
    name: "",
  });
  await workOffEndings(world.ctx);
  const { messages } = await listMessages(world.ctx, {
    personId: ann.id,
    conversationId,
    at: null,
    limit: 5,
  });
  expect(messages.map(({ text }) => text)).toEqual(["hello", null]);
  expect(changes(world)).toHaveLength(2);
  await saveRemotePerson(world.ctx, said(bo));
  expect((await findPersonByUri(world.ctx, bo.uri!))?.state).toBe("active");
  expect(changes(world)).toHaveLength(3);
});

test("whoever moved is shown with whom they became, does not move again for seven days, and enters no conversation by it (IF-55)", async () => {
  const world = await createWorld();
  const [ann, bo, next, other] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("bo", "c.example"),
    await world.remote("eve", "d.example"),
  ];
  const conversationId = await world.between(ann, bo);
  const seen = async () => await readConversation(world.ctx, { personId: ann.id, conversationId });
  const move = (to: PersonRow) => moveRemotePerson(world.ctx, { uri: bo.uri!, toId: to.id });
  await move(next);
  await expect(move(next)).rejects.toThrow("moved_lately");
  await expect(move(other)).rejects.toThrow("moved_lately");
  world.pass(7 * DAY_MS - 1);
  await expect(move(other)).rejects.toThrow("moved_lately");
  expect((await seen()).members.map(({ successor }) => successor)).toEqual([
    null,
    { handle: "bo", host: "c.example" },
  ]);
  expect(changes(world)).toHaveLength(1);
  // Their new handle is seen where the old account is.
  await saveRemotePerson(world.ctx, said(next, { handle: "robert" }));
  expect((await seen()).members.at(1)?.successor).toEqual({ handle: "robert", host: "c.example" });
  expect(changes(world).map(({ personId }) => personId)).toEqual([bo.id, bo.id]);
  world.pass(1);
  await move(other);
  expect((await seen()).members.map(({ person }) => person.id)).toEqual([ann.id, bo.id]);
});

import { expect, test } from "vitest";
import { deleteMessage, editMessage } from "#domain/messages/change.ts";
import { forwardMessage } from "#domain/messages/forward.ts";
import { pinMessage } from "#domain/messages/pin.ts";
import { addReaction } from "#domain/messages/react.ts";
import type { PersonRow } from "#domain/people.ts";
import { readPersonalChanges } from "#domain/personal-changes.ts";
import { listMessages, readChanges, readConversation, readMessage } from "#domain/read.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { usualPermissions } from "#lib/permissions.ts";
import { decided, groupOf } from "../../../test/helpers/groups.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { createGroup } from "./create.ts";
import {
  changeGroup,
  forgetGroup,
  leaveGroup,
  listBans,
  removeMember,
  setMemberRole,
  transferGroup,
  unbanPerson,
} from "./verbs.ts";

interface Band {
  world: World;
  id: ConversationId;
  owner: PersonRow;
  admin: PersonRow;
  cy: PersonRow;
  eve: PersonRow;
}

async function begin(): Promise<Band> {
  const world = await createWorld();
  const [owner, admin, cy, eve] = await Promise.all(
    ["ann", "bo", "cy", "eve"].map((name) => world.local(name)),
  );
  const id = await groupOf(world, [owner!, admin!, cy!]);
  await setMemberRole(world.ctx, { ...by(id, owner!), otherId: admin!.id, role: "admin" });
  return { world, id, owner: owner!, admin: admin!, cy: cy!, eve: eve! };
}

const by = (conversationId: ConversationId, { id }: PersonRow) => ({ personId: id, conversationId });

async function seen(world: World, id: ConversationId, person: PersonRow) {
  const list = await listMessages(world.ctx, { ...by(id, person), at: null, limit: 100 });
  return list.messages;
}

test("a group tells what happened to it, each thing by a line that nobody has to read", async () => {
  const { world, id, owner, admin, cy } = await begin();
  await changeGroup(world.ctx, { ...by(id, admin), change: { title: "Choir" } });
  await leaveGroup(world.ctx, by(id, cy));
  const lines = await seen(world, id, owner);
  expect(lines.map(({ notice }) => notice?.type)).toEqual([
    "created",
    "joined",
    "joined",
    "role",
    "title",
    "left",
  ]);
  expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  const view = await readConversation(world.ctx, by(id, owner));
  expect(view).toMatchObject({ unread: 0, last: null, conversation: { title: "Choir", chatEpoch: 4 } });
  expect(view.members.map(({ person, role }) => [person.handle, role])).toEqual([
    ["ann", "owner"],
    ["bo", "admin"],
  ]);
  expect(view.former.map(({ person }) => person.handle)).toEqual(["cy"]);
});

test("what somebody may not do is refused by name and changes nothing", async () => {
  const { world, id, owner, admin, cy, eve } = await begin();
  const { ctx } = world;
  const { id: said } = await world.say(owner, id, "hello");
  const line = (await seen(world, id, owner))[0]!.id as MessageId;
  const before = await stateHash(world.url);
  const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["not_permitted", () => changeGroup(ctx, { ...by(id, cy), change: { title: "x" } })],
    ["not_permitted", () => changeGroup(ctx, { ...by(id, cy), change: { permissions: usualPermissions } })],
    ["not_permitted", () => changeGroup(ctx, { ...by(id, admin), change: { state: "closed" } })],
    ["title_invalid", () => changeGroup(ctx, { ...by(id, owner), change: { title: " " } })],
    ["title_invalid", () => createGroup(ctx, { personId: eve.id, title: "x".repeat(101) })],
    ["too_long", () => changeGroup(ctx, { ...by(id, owner), change: { description: "x".repeat(1001) } })],
    ["stale_epoch", () => changeGroup(ctx, { ...by(id, owner), epoch: 0, change: { title: "x" } })],
    ["not_permitted", () => setMemberRole(ctx, { ...by(id, admin), otherId: cy.id, role: "admin" })],
    ["not_permitted", () => setMemberRole(ctx, { ...by(id, cy), otherId: admin.id, role: "member" })],
    ["not_permitted", () => setMemberRole(ctx, { ...by(id, owner), otherId: cy.id, role: "owner" })],
    ["not_found", () => setMemberRole(ctx, { ...by(id, owner), otherId: eve.id, role: "admin" })],
    ["not_permitted", () => removeMember(ctx, { ...by(id, admin), otherId: owner.id, ban: false })],
    ["not_permitted", () => removeMember(ctx, { ...by(id, cy), otherId: admin.id, ban: true })],
    ["not_found", () => removeMember(ctx, { ...by(id, admin), otherId: eve.id, ban: true })],
    ["not_permitted", () => transferGroup(ctx, { ...by(id, admin), otherId: cy.id })],
    ["yourself", () => transferGroup(ctx, { ...by(id, owner), otherId: owner.id })],
    ["not_found", () => transferGroup(ctx, { ...by(id, owner), otherId: eve.id })],
    ["owner_must_transfer", () => leaveGroup(ctx, by(id, owner))],
    ["not_permitted", () => listBans(ctx, by(id, cy))],
    ["not_permitted", () => unbanPerson(ctx, { ...by(id, cy), otherId: eve.id })],
    ["not_found", () => unbanPerson(ctx, { ...by(id, owner), otherId: eve.id })],
    ["not_found", () => forgetGroup(ctx, by(id, cy))],
    ["not_permitted", () => deleteMessage(ctx, { personId: cy.id, messageId: said })],
    ...[
      () => changeGroup(ctx, { ...by(id, eve), change: { title: "x" } }),
      () => setMemberRole(ctx, { ...by(id, eve), otherId: cy.id, role: "admin" }),
      () => removeMember(ctx, { ...by(id, eve), otherId: cy.id, ban: true }),
      () => transferGroup(ctx, { ...by(id, eve), otherId: cy.id }),
      () => leaveGroup(ctx, by(id, eve)),
      () => listBans(ctx, by(id, eve)),
      () => forgetGroup(ctx, by(id, eve)),
      () => world.say(eve, id, "x"),
    ].map((attempt) => ["not_found", attempt] as const),
    ...[
      () => editMessage(ctx, { personId: owner.id, messageId: line, text: "x" }),
      () => deleteMessage(ctx, { personId: owner.id, messageId: line }),
      () => pinMessage(ctx, { personId: owner.id, messageId: line }),
      () => addReaction(ctx, { personId: owner.id, messageId: line, emoji: "👍" }),
      () => forwardMessage(ctx, { authorId: owner.id, conversationId: id, messageId: line }),
    ].map((attempt) => ["not_permitted", attempt] as const),
  ];
  for (const [code, attempt] of refused)
    await expect(attempt(), `${attempt}`).rejects.toMatchObject({ code });
  expect(await stateHash(world.url)).toEqual(before);
});

test("who may write, pin and delete is what the group says, and nobody writes into an archived or a closed one", async () => {
  const { world, id, owner, admin, cy } = await begin();
  const { ctx } = world;
  const { id: said } = await world.say(cy, id, "hello");
  await changeGroup(ctx, {
    ...by(id, owner),
    change: { permissions: { ...usualPermissions, write: "admin", pin: "owner" } },
  });
  await expect(world.say(cy, id, "x")).rejects.toMatchObject({ code: "not_permitted" });
  await expect(pinMessage(ctx, { personId: admin.id, messageId: said })).rejects.toMatchObject({
    code: "not_permitted",
  });
  await world.say(admin, id, "still here");
  await deleteMessage(ctx, { personId: admin.id, messageId: said });
  const { message: deleted } = await readMessage(ctx, { personId: cy.id, messageId: said });
  expect(deleted).toMatchObject({ text: null, deletedBy: admin.id });
  const own = await world.say(admin, id, "mine");
  expect(await deleteMessage(ctx, { personId: admin.id, messageId: own.id })).toMatchObject({
    deletedBy: null,
  });
  await changeGroup(ctx, { ...by(id, admin), change: { state: "archived" } });
  await expect(world.say(owner, id, "x")).rejects.toMatchObject({ code: "group_archived" });
  await changeGroup(ctx, { ...by(id, admin), change: { state: "open" } });
  await world.say(owner, id, "again");
  await changeGroup(ctx, { ...by(id, owner), change: { state: "closed" } });
  await expect(world.say(owner, id, "x")).rejects.toMatchObject({ code: "group_closed" });
  await expect(changeGroup(ctx, { ...by(id, owner), change: { state: "open" } })).rejects.toMatchObject({
    code: "group_closed",
  });
});

test("what another said in a group that another server keeps is not deleted here: its keeper is asked, by who may", async () => {
  const { world, id, owner, cy } = await begin();
  const { id: messageId } = await world.say(cy, id, "hello");
  const { id: own } = await world.say(owner, id, "mine");
  const keeper = await world.remote("keeper");
  await world.connection.sql`
    update conversation set uri = 'https://b.example/r/1', keeper_id = ${keeper.id} where id = ${id}`;
  const before = await stateHash(world.url);
  await expect(deleteMessage(world.ctx, { personId: cy.id, messageId: own })).rejects.toMatchObject({
    code: "not_permitted",
  });
  expect(await stateHash(world.url)).toEqual(before);
  const asked = await deleteMessage(world.ctx, { personId: owner.id, messageId });
  expect(asked).toMatchObject({ text: "hello", deletedAt: null });
  const said = await world.connection
    .sql`select actor_id, audience, detail from activity where type = 'DeleteMessage'`;
  expect(said).toEqual([
    { actor_id: owner.id, audience: [keeper.id], detail: { message: { id: messageId }, epoch: 3 } },
  ]);
  const { message } = await readMessage(world.ctx, { personId: cy.id, messageId });
  expect(message).toMatchObject({ text: "hello", deletedAt: null });
});

test("whoever went keeps what they saw as it was, and learns nothing of what came after", async () => {
  const { world, id, owner, admin, cy } = await begin();
  const { ctx } = world;
  const { id: said } = await world.say(owner, id, "before");
  await editMessage(ctx, { personId: owner.id, messageId: said, text: "corrected before" });
  const own = await readConversation(ctx, by(id, cy));
  await removeMember(ctx, { ...by(id, admin), otherId: cy.id, ban: false });
  await editMessage(ctx, { personId: owner.id, messageId: said, text: "after" });
  await addReaction(ctx, { personId: owner.id, messageId: said, emoji: "👍" });
  await pinMessage(ctx, { personId: owner.id, messageId: said });
  await changeGroup(ctx, { ...by(id, owner), change: { title: "Secret" } });
  const { id: later } = await world.say(owner, id, "later");
  const view = await readConversation(ctx, by(id, cy));
  expect(view.member).toMatchObject({
    state: "removed",
    leftTitle: "Trip",
    leftRevision: own.conversation.revision,
  });
  expect(view).toMatchObject({ unread: 0, lastPosition: own.lastPosition, last: { id: said } });
  expect(view.members).toHaveLength(3);
  const messages = await seen(world, id, cy);
  expect(messages.at(-1)).toMatchObject({ text: "corrected before", reactions: [], pinnedAt: null });
  const changes = await readChanges(ctx, { ...by(id, cy), after: 0, limit: 100 });
  expect(changes.through).toBe(own.conversation.revision);
  expect(changes.messages.map(({ id: each }) => each)).not.toContain(later);
  await expect(readMessage(ctx, { personId: cy.id, messageId: later })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(world.say(cy, id, "x")).rejects.toMatchObject({ code: "not_found" });
  await expect(addReaction(ctx, { personId: cy.id, messageId: said, emoji: "👍" })).rejects.toMatchObject({
    code: "not_found",
  });
  await forgetGroup(ctx, by(id, cy));
  await expect(readConversation(ctx, by(id, cy))).rejects.toMatchObject({ code: "not_found" });
});

test("newcomers see what was said from when they came, or all of it, and nothing of it is news", async () => {
  const { world, id, owner, eve } = await begin();
  const { ctx } = world;
  await world.say(owner, id, "old");
  await decided(world, id, [{ type: "join", personId: eve.id, role: "member", by: owner.id }]);
  expect((await seen(world, id, eve)).map(({ text, notice }) => notice?.type ?? text)).toEqual(["joined"]);
  await changeGroup(ctx, { ...by(id, owner), change: { history: "all" } });
  const fay = await world.local("fay");
  await decided(world, id, [{ type: "join", personId: fay.id, role: "member", by: owner.id }]);
  expect((await seen(world, id, fay)).map(({ text }) => text)).toContain("old");
  expect(await readConversation(ctx, by(id, fay))).toMatchObject({ unread: 0 });
});

test("a group is handed over, and the last to go closes it", async () => {
  const { world, id, owner, admin, cy } = await begin();
  const { ctx } = world;
  await transferGroup(ctx, { ...by(id, owner), otherId: admin.id });
  const { members } = await readConversation(ctx, by(id, cy));
  expect(members.map(({ role }) => role)).toEqual(["admin", "owner", "member"]);
  for (const person of [owner, cy, admin]) await leaveGroup(ctx, by(id, person));
  const [row] = await world.connection.sql`select state from conversation where id = ${id}`;
  expect(row).toEqual({ state: "closed" });
});

test("bans are listed and lifted, and also whoever went already is banned and sees it", async () => {
  const { world, id, admin, cy } = await begin();
  const { ctx } = world;
  await leaveGroup(ctx, by(id, cy));
  await removeMember(ctx, { ...by(id, admin), otherId: cy.id, ban: true });
  expect((await listBans(ctx, by(id, admin))).map(({ person }) => person.handle)).toEqual(["cy"]);
  const { member } = await readConversation(ctx, by(id, cy));
  expect(member.state).toBe("banned");
  await unbanPerson(ctx, { ...by(id, admin), otherId: cy.id });
  expect(await listBans(ctx, by(id, admin))).toEqual([]);
  const { changes } = await readPersonalChanges(ctx, { personId: cy.id, after: member.number, limit: 10 });
  expect(changes).toMatchObject([{ kind: "membership", view: { member: { state: "removed" } } }]);
});

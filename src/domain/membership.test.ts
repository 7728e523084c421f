import { expect, test } from "vitest";
import type { ConversationId, FolderId, PersonId } from "#lib/ids.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { answerRequest } from "./conversations.ts";
import { deleteDraft, saveDraft } from "./drafts.ts";
import { changeFolder, createFolder, deleteFolder, listFolders } from "./folders.ts";
import { changeMembership, markRead, readAll, type SideChange } from "./membership.ts";
import { hideMessage } from "./messages/change.ts";
import { readConversation } from "./read.ts";

async function createScene(world: World) {
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello @bo");
  const of = { personId: bo.id, conversationId };
  await answerRequest(world.ctx, { ...of, answer: "accepted" });
  const choose = (change: SideChange) => changeMembership(world.ctx, { ...of, change });
  const look = () => readConversation(world.ctx, of);
  return { ann, bo, conversationId, of, choose, look };
}

const numbers = (world: World, personId: PersonId) =>
  world.events.flatMap((event) => ("number" in event && event.personId === personId ? event.number : []));

test("what was put away comes back with the next message, unless it is muted when that comes", async () => {
  const world = await createWorld();
  const { ann, conversationId, of, choose, look } = await createScene(world);
  const later = async (text: string) => {
    world.pass(60_000);
    return await world.say(ann, conversationId, text);
  };
  await choose({ archived: true });
  expect((await look()).archivedAt).not.toBeNull();
  await later("again");
  expect((await look()).archivedAt).toBeNull();
  const hour = new Date(world.ctx.now().getTime() + 3_600_000);
  await choose({ archived: true, mute: { mode: "all", until: hour } });
  await later("muted");
  expect((await look()).archivedAt).not.toBeNull();
  // What came while it was muted brings nothing back when the mute is taken away.
  await choose({ mute: null });
  expect((await look()).archivedAt).not.toBeNull();
  await choose({ mute: { mode: "all", until: hour } });
  world.pass(3_600_000);
  const { id: messageId } = await later("after the mute");
  expect((await look()).archivedAt).toBeNull();
  await hideMessage(world.ctx, { personId: of.personId, messageId });
  await choose({ archived: false });
  expect((await look()).archivedAt).toBeNull();
});

test("what is marked as unread stays so until something is read, and its mark does not fall", async () => {
  const world = await createWorld();
  const { ann, conversationId, of, choose, look } = await createScene(world);
  await markRead(world.ctx, { ...of, position: 1 });
  await choose({ markedUnread: true });
  const marked = await look();
  expect(marked.member).toMatchObject({ markedUnread: true, readPosition: 1 });
  expect(marked).toMatchObject({ unread: 0, unreadMentions: 0 });
  await markRead(world.ctx, { ...of, position: 1 });
  expect((await look()).member.markedUnread).toBe(false);
  await choose({ markedUnread: true });
  await world.say({ ...ann, id: of.personId }, conversationId, "an answer reads too");
  expect((await look()).member.markedUnread).toBe(false);
});

test("choosing what is chosen already takes no number", async () => {
  const world = await createWorld();
  const { of, choose } = await createScene(world);
  const until = new Date(Date.UTC(2027, 0, 1));
  const change = {
    pinned: true,
    archived: true,
    markedUnread: true,
    mute: { mode: "mentions", until },
  } as const;
  await choose(change);
  const before = numbers(world, of.personId);
  await choose(change);
  await choose({});
  expect(numbers(world, of.personId)).toEqual(before);
});

test("reading everything changes only where something was left, by one number each", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const others = await Promise.all(Array.from({ length: 5 }, (_, index) => world.local(`bo${index}`)));
  const ids: ConversationId[] = [];
  for (const [index, other] of others.entries()) {
    const id = await world.between(ann, other);
    ids.push(id);
    if (index < 4) await world.say(other, id, "hello @ann");
  }
  await markRead(world.ctx, { personId: ann.id, conversationId: ids[0]!, position: 1 });
  await changeMembership(world.ctx, {
    personId: ann.id,
    conversationId: ids[4]!,
    change: { markedUnread: true },
  });
  const before = numbers(world, ann.id).length;
  await readAll(world.ctx, ann.id);
  const after = numbers(world, ann.id);
  expect(after.slice(before)).toEqual([3, 4, 5, 6]);
  for (const conversationId of ids) {
    const view = await readConversation(world.ctx, { personId: ann.id, conversationId });
    expect(view).toMatchObject({ unread: 0, unreadMentions: 0, member: { markedUnread: false } });
  }
  await readAll(world.ctx, ann.id);
  expect(numbers(world, ann.id)).toEqual(after);
});

test("folders keep their order, and nothing lies in one that is gone", async () => {
  const world = await createWorld();
  const { bo, ann, choose, look } = await createScene(world);
  const personId = bo.id;
  const made = [];
  for (const name of ["one", "two", "three"]) made.push(await createFolder(world.ctx, { personId, name }));
  const [one, two, three] = made.map(({ id }) => id) as [FolderId, FolderId, FolderId];
  await changeFolder(world.ctx, { personId, folderId: three, change: { rank: 0 } });
  await choose({ folderIds: [one, three, one] });
  expect((await look()).folderIds).toEqual([one, three].toSorted());
  await deleteFolder(world.ctx, { personId, folderId: one });
  expect((await look()).folderIds).toEqual([three]);
  const folders = await listFolders(world.ctx, personId);
  expect(folders.map(({ name, rank }) => [name, rank])).toEqual([
    ["three", 0],
    ["two", 1],
  ]);
  await expect(choose({ folderIds: [one] })).rejects.toMatchObject({ code: "not_found", field: "folderIds" });
  const stolen = { personId: ann.id, folderId: two };
  await expect(deleteFolder(world.ctx, stolen)).rejects.toThrow("not_found");
  await expect(changeFolder(world.ctx, { ...stolen, change: { name: "x" } })).rejects.toThrow("not_found");
});

test("a person has fifty folders at most", async () => {
  const world = await createWorld();
  const { id: personId } = await world.local("ann");
  for (let i = 0; i < 50; i += 1) await createFolder(world.ctx, { personId, name: `${i}` });
  await expect(createFolder(world.ctx, { personId, name: "x" })).rejects.toThrow("too_many_folders");
});

test("of a draft what comes last stays, for its writer alone", async () => {
  const world = await createWorld();
  const { ann, of, conversationId, look } = await createScene(world);
  await saveDraft(world.ctx, { ...of, text: "hel", inReplyTo: null });
  await saveDraft(world.ctx, { ...of, text: "hello ", inReplyTo: null });
  const before = numbers(world, of.personId);
  await saveDraft(world.ctx, { ...of, text: "hello ", inReplyTo: null });
  expect(numbers(world, of.personId)).toEqual(before);
  expect((await look()).draft).toMatchObject({ text: "hello " });
  expect((await readConversation(world.ctx, { personId: ann.id, conversationId })).draft).toBeNull();
  await deleteDraft(world.ctx, of);
  await deleteDraft(world.ctx, of);
  expect((await look()).draft).toBeNull();
  expect(numbers(world, of.personId)).toEqual([...before, before.at(-1)! + 1]);
});

test("nobody drafts where they are not, or where nothing was said to them yet", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  const draft = { conversationId, text: "x", inReplyTo: null };
  for (const { id: personId } of [bo, eve])
    await expect(saveDraft(world.ctx, { ...draft, personId })).rejects.toThrow("not_found");
  await expect(deleteDraft(world.ctx, { personId: eve.id, conversationId })).rejects.toThrow("not_found");
  const { id: elsewhere } = await world.say(eve, await world.between(eve, ann), "hello");
  const answer = { ...draft, personId: ann.id, inReplyTo: elsewhere };
  await expect(saveDraft(world.ctx, answer)).rejects.toThrow("reply_elsewhere");
});

import { expect, test } from "vitest";
import { listMessages } from "#domain/read.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { findWord } from "../../../test/helpers/words.ts";
import { deleteMessage, editMessage } from "./change.ts";
import { expireMessages } from "./expire.ts";
import { saveMessage } from "./keep.ts";
import { postMessage } from "./post.ts";

const HOUR = 3_600_000;

async function openScene(options: { abroad: boolean }) {
  const world = await createWorld();
  const ann = await world.local("ann");
  const bo = options.abroad ? await world.remote("bo") : await world.local("bo");
  const conversationId = await world.between(ann, bo);
  const setTimer = (seconds: number | null) =>
    world.connection.sql`update conversation set expire_after = ${seconds} where id = ${conversationId}`;
  return { ...world, ann, bo, conversationId, setTimer };
}

test("what had its time is gone, and what was said before the timer stays", async () => {
  const { ctx, ann, say, conversationId, setTimer, pass } = await openScene({ abroad: false });
  const before = await say(ann, conversationId, "stays");
  await setTimer(3600);
  const short = await say(ann, conversationId, "goes");
  await setTimer(null);
  const later = await say(ann, conversationId, "stays too");
  pass(HOUR - 1);
  expect(await expireMessages(ctx)).toBe(0);
  pass(1);
  expect(await expireMessages(ctx)).toBe(1);
  expect(await expireMessages(ctx)).toBe(0);
  const { messages } = await listMessages(ctx, { personId: ann.id, conversationId, at: null, limit: 10 });
  expect(messages.map(({ id, text }) => [id, text])).toEqual([
    [before.id, "stays"],
    [short.id, null],
    [later.id, "stays too"],
  ]);
});

test("no word of it is left in any table, of no version and of no activity", async () => {
  const { ctx, connection, ann, say, conversationId, setTimer, pass } = await openScene({ abroad: true });
  await setTimer(60);
  const { id: messageId } = await say(ann, conversationId, "xylophone");
  await editMessage(ctx, { personId: ann.id, messageId, text: "xylophone again" });
  await saveMessage(ctx, { personId: ann.id, messageId });
  expect(await findWord(connection, "xylophone")).not.toEqual([]);
  pass(60_000);
  await expireMessages(ctx);
  expect(await findWord(connection, "xylophone")).toEqual([]);
});

test("other servers are asked to delete what our people said, and only that", async () => {
  const { ctx, connection, events, ann, bo, conversationId, say, setTimer, pass } = await openScene({
    abroad: true,
  });
  await setTimer(60);
  await say(ann, conversationId, "ours");
  await postMessage(ctx, {
    authorId: bo.id,
    conversationId,
    text: "theirs",
    remote: {
      uri: "https://b.example/m/1",
      form: "Note",
      html: null,
      sentAt: ctx.now(),
      audience: [ann.id],
      aliases: [],
    },
  });
  pass(60_000);
  events.length = 0;
  expect(await expireMessages(ctx)).toBe(2);
  const told = events.filter(({ name }) => name === "message.deleted");
  expect(told).toMatchObject([{ leaves: true }, { leaves: false }]);
  const rows = await connection.sql`select type from activity where type = 'Delete'`;
  expect(rows).toHaveLength(1);
});

test("what its author deleted before is left as it is", async () => {
  const { ctx, ann, say, conversationId, setTimer, pass } = await openScene({ abroad: false });
  await setTimer(60);
  const { id: messageId } = await say(ann, conversationId, "oops");
  const { deletedAt } = await deleteMessage(ctx, { personId: ann.id, messageId });
  pass(60_000);
  expect(await expireMessages(ctx)).toBe(0);
  const { messages } = await listMessages(ctx, { personId: ann.id, conversationId, at: null, limit: 10 });
  expect(messages[0]?.deletedAt).toEqual(deletedAt);
});

test("many are gone in order, and two workers at once do not count one twice", async () => {
  const { ctx, ann, say, conversationId, setTimer, pass } = await openScene({ abroad: false });
  await setTimer(1);
  for (let index = 0; index < 120; index += 1) await say(ann, conversationId, `number ${index}`);
  pass(1_000);
  const counts = await Promise.all([expireMessages(ctx), expireMessages(ctx)]);
  const rest = await expireMessages(ctx);
  expect(counts[0] + counts[1] + rest).toBe(120);
  const { messages } = await listMessages(ctx, { personId: ann.id, conversationId, at: null, limit: 120 });
  const revisions = messages.map(({ revision }) => revision);
  expect(revisions).toEqual(revisions.toSorted((one, other) => one - other));
  expect(new Set(revisions).size).toBe(messages.length);
});

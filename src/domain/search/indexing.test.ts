import { expect, test } from "vitest";
import { postMessage } from "../messages/post.ts";
import { deleteMessage, editMessage } from "../messages/change.ts";
import { expireMessages } from "../messages/expire.ts";
import { createSearchScene, indexAll } from "../../../test/helpers/search-scene.ts";
import { findWord } from "../../../test/helpers/words.ts";
import { connect } from "#db/connect.ts";
import { inTransaction } from "#db/connect.ts";
import { lockIndex } from "#db/search-index.ts";
import { indexConversations, listUnindexed, rebuildIndex } from "./indexing.ts";

test("a send writes nothing into the index; what was said is found once it is indexed, and indexed once", async () => {
  const { ctx, connection, ann, conversationId, say, texts } = await createSearchScene();
  const { sql } = connection;
  await say(ann, conversationId, "hello");
  expect(await sql`select * from search_entry`).toHaveLength(0);
  expect((await listUnindexed(ctx)).ids).toEqual([conversationId]);
  expect(await texts(ann, "hello")).toEqual(["hello"]);
  expect(await listUnindexed(ctx)).toEqual({ ids: [], isAll: true });
  expect(await indexConversations(ctx, [conversationId])).toEqual([]);
});

test("an edited message is found by its new words, and at once not any more by the old ones", async () => {
  const { ctx, connection, ann, conversationId, say, texts } = await createSearchScene();
  const { id: messageId } = await say(ann, conversationId, "xylophone");
  expect(await texts(ann, "xylophone")).toEqual(["xylophone"]);
  await editMessage(ctx, { personId: ann.id, messageId, text: "trombone" });
  expect(await connection.sql`select * from search_entry`).toHaveLength(0);
  expect(await texts(ann, "xylophone")).toEqual([]);
  expect(await texts(ann, "trombone")).toEqual(["trombone"]);
});

test("of a deleted or expired message no word is left in any table, indexed before or after", async () => {
  const { ctx, connection, ann, conversationId, say, pass, texts, ...world } = await createSearchScene();
  const deleted = await say(ann, conversationId, "xylophone");
  await connection.sql`update conversation set expire_after = 60 where id = ${conversationId}`;
  await say(ann, conversationId, "trombone");
  await indexAll({ ctx });
  expect(await findWord(connection, "xylophone")).toContain("search_entry");
  await deleteMessage(ctx, { personId: ann.id, messageId: deleted.id });
  pass(60_000);
  await expireMessages(ctx);
  for (const word of ["xylophone", "trombone"]) {
    expect(await findWord(connection, word)).toEqual([]);
    expect(await texts(world.bo, word)).toEqual([]);
    expect(await findWord(connection, word)).toEqual([]);
  }
});

test("what is deleted while it is being indexed is not found, whoever is first", async () => {
  const { ctx, connection, ann, conversationId, say } = await createSearchScene();
  for (let round = 0; round < 20; round += 1) {
    const { id: messageId } = await say(ann, conversationId, "xylophone");
    // By turns it is the one or the other that has to wait.
    await Promise.all([indexAll({ ctx }), deleteMessage(ctx, { personId: ann.id, messageId })]);
    await indexAll({ ctx });
    expect(await findWord(connection, "xylophone")).toEqual([]);
  }
});

test("a message that somebody is changing is left for later, and nothing behind it is lost", async () => {
  const { ctx, connection, url, ann, conversationId, say, texts } = await createSearchScene();
  const ids: string[] = [];
  for (const text of ["word one", "word two", "word three"])
    ids.push((await say(ann, conversationId, text)).id);
  const other = connect(url);
  await other.sql.begin(async (tx) => {
    await tx`select 1 from message where id = ${ids[1]!} for no key update`;
    expect(await indexConversations(ctx, [conversationId])).toEqual([conversationId]);
    expect(await connection.sql`select * from search_entry`).toHaveLength(2);
  });
  await other.close();
  expect(await texts(ann, "word")).toEqual(["word three", "word two", "word one"]);
});

test("while another process indexes, this one leaves it alone", async () => {
  const { ctx, ann, conversationId, say, texts } = await createSearchScene();
  await say(ann, conversationId, "hello");
  await inTransaction(ctx.db, async (tx) => {
    expect(await lockIndex(tx)).toBe(true);
    expect(await indexConversations(ctx, [conversationId])).toBeNull();
  });
  expect(await texts(ann, "hello")).toEqual(["hello"]);
});

test("work that dies before it is committed is done again, and nothing twice", async () => {
  const { ctx, connection, ann, conversationId, say, texts } = await createSearchScene();
  await say(ann, conversationId, "hello");
  const dying = { ...ctx, failpoint: () => Promise.reject(new Error("killed")) };
  await expect(indexConversations(dying, [conversationId])).rejects.toThrow("killed");
  expect(await connection.sql`select * from search_entry`).toHaveLength(0);
  expect(await texts(ann, "hello")).toEqual(["hello"]);
});

test("an index that was emptied is filled again, long conversations and many of them in portions", async () => {
  const { ctx, ann, bo, conversationId, say, between, local, texts, connection } = await createSearchScene();
  for (let i = 0; i < 20; i += 1) await say(ann, await between(ann, await local(`p${i}`)), "hello");
  for (let i = 0; i < 5; i += 1) {
    const posts = Array.from({ length: 50 }, (_, index) =>
      postMessage(ctx, { conversationId, authorId: bo.id, text: `hello ${i * 50 + index}` }),
    );
    await Promise.all(posts);
  }
  await indexAll({ ctx });
  await rebuildIndex(ctx);
  expect(await connection.sql`select * from search_entry`).toHaveLength(0);
  await indexAll({ ctx });
  expect(await connection.sql`select * from search_entry`).toHaveLength(270);
  expect(await texts(ann, "hello 249 ")).toEqual(["hello 249"]);
});

test("nothing that anybody can say stops the index", async () => {
  const { ctx, connection, ann, conversationId, say } = await createSearchScene();
  const odd = [
    "'",
    "\\",
    "' \\ ''",
    "a:1,2 'b'",
    "\ud800 lone",
    "@link @c",
    "\u0301\u0301",
    "🎉".repeat(100),
    "é".repeat(4_000),
    Array.from({ length: 800 }, (_, i) => `w${i}`).join(" "),
    "東".repeat(3_000),
  ];
  for (const text of odd) await say(ann, conversationId, text);
  await connection.sql`update message set text = (select string_agg('word' || n, ' ') from generate_series(1, 300000) n), version = 2 where position = 1`;
  await indexAll({ ctx });
  expect(await connection.sql`select * from search_entry`).toHaveLength(odd.length);
});

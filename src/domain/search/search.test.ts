import { expect, test } from "vitest";
import { blockPerson } from "../relations/change.ts";
import { hideMessage } from "../messages/change.ts";
import { createSearchScene } from "../../../test/helpers/search-scene.ts";
import { QUERY_UNITS } from "./query.ts";

const sort = (texts: readonly (string | null)[]) => texts.map(String).toSorted((a, b) => a.localeCompare(b));
const DAY_MS = 24 * 3600 * 1000;

test("words in any order, however they are written, the last one unfinished; newest first", async () => {
  const { ann, bo, conversationId, say, pass, texts } = await createSearchScene();
  for (const text of ["Crème brûlée at noon", "no cream", "a CREME for the noon, please"]) {
    await say(ann, conversationId, text);
    pass(1_000);
  }
  const both = ["a CREME for the noon, please", "Crème brûlée at noon"];
  expect(await texts(bo, "noon creme")).toEqual(both);
  expect(await texts(bo, "creme no")).toEqual(both);
  expect(await texts(bo, "creme no ")).toEqual([]);
  expect(await texts(bo, '"brulee at"')).toEqual(["Crème brûlée at noon"]);
  expect(await texts(bo, '"at brulee"')).toEqual([]);
  expect(await texts(bo, "noon -please")).toEqual(["Crème brûlée at noon"]);
  expect(await texts(bo, '-"the noon" -cream')).toEqual(["Crème brûlée at noon"]);
});

test("Japanese, Chinese and Thai are found by their words", async () => {
  const { ann, conversationId, say, texts } = await createSearchScene();
  const said = ["昨日東京タワーに行きました", "我们明天去北京", "ผมชอบภาษาไทย"];
  for (const text of said) await say(ann, conversationId, text);
  expect(await texts(ann, "東京 ")).toEqual([said[0]]);
  expect(await texts(ann, "北京 ")).toEqual([said[1]]);
  expect(await texts(ann, "ภาษา ")).toEqual([said[2]]);
});

test("by whom: oneself, a handle, an address; where: a name, a title, an id", async () => {
  const { ann, bo, eve, between, remote, conversationId, say, texts, search, connection } =
    await createSearchScene();
  const far = await remote("bo");
  const other = await between(ann, far);
  const third = await between(ann, eve);
  await say(ann, conversationId, "cake one");
  await say(bo, conversationId, "cake two");
  await say(ann, other, "cake three");
  await say(eve, third, "cake four");
  const sorted = async (q: string) => sort(await texts(ann, q));
  expect(await sorted("cake from:me")).toEqual(["cake one", "cake three"]);
  expect(await sorted("from:bo")).toEqual(["cake two"]);
  expect(await sorted("from:@bo@a.example")).toEqual(["cake two"]);
  expect(await sorted("cake from:bo@b.example")).toEqual([]);
  expect(await sorted("from:nobody cake")).toEqual([]);
  expect(await sorted("from:bo from:eve")).toEqual(["cake four", "cake two"]);
  expect(await sorted("in:bo cake")).toEqual(["cake one", "cake three", "cake two"]);
  expect(await sorted("in:bo@b.example cake")).toEqual(["cake three"]);
  expect(await sorted(`in:${third} cake`)).toEqual(["cake four"]);
  expect(await sorted("in:nowhere cake")).toEqual([]);
  await connection.sql`update conversation set title = 'The % Band' where id = ${third}`;
  expect(await sorted('in:"% band" cake')).toEqual(["cake four"]);
  expect(await sorted("in:_ cake")).toEqual([]);
  const { results } = await search(ann, "cake", { conversationId });
  expect(sort(results.map(({ message }) => message.text))).toEqual(["cake one", "cake two"]);
});

test("when, and with what", async () => {
  const { ctx, ann, conversationId, say, pass, texts } = await createSearchScene();
  const start = ctx.now().getTime();
  for (const day of [0, 1, 20, 50, 500, 3_000]) {
    pass(start + day * DAY_MS - ctx.now().getTime());
    await say(ann, conversationId, `day ${day}`);
  }
  await say(ann, conversationId, "see https://a.example/");
  expect(await texts(ann, "day")).toEqual(["day 3000", "day 500", "day 50", "day 20", "day 1", "day 0"]);
  expect(await texts(ann, "day before:2026-01-02")).toEqual(["day 0"]);
  expect(await texts(ann, "day after:2026-01-02 before:2026-02-20")).toEqual(["day 20"]);
  expect(await texts(ann, "after:2026-02-20 day before:2027-12-31")).toEqual(["day 500"]);
  expect(await texts(ann, "after:2026-02-20 before:2026-01-01 day")).toEqual([]);
  expect(await texts(ann, "has:link")).toEqual(["see https://a.example/"]);
  expect(await texts(ann, "see has:file")).toEqual([]);
  expect(await texts(ann, "https://a.example ")).toEqual(["see https://a.example/"]);
});

test("pages go on where the last one ended, over all parts of the time, without loss or repetition", async () => {
  const { ctx, ann, conversationId, say, pass, search } = await createSearchScene();
  const start = ctx.now().getTime();
  const days = [0, 0, 0, 1, 2, 9, 9, 33, 34, 40, 200, 200, 390, 420, 420, 421];
  for (const [index, day] of days.entries()) {
    pass(start + day * DAY_MS - ctx.now().getTime());
    await say(ann, conversationId, `page ${index}`);
  }
  const found: (string | null)[] = [];
  let before: Awaited<ReturnType<typeof search>>["next"] = null;
  do {
    const page = await search(ann, "page", { before, limit: 3 });
    expect(page.results.length).toBeLessThanOrEqual(3);
    found.push(...page.results.map(({ message }) => message.text));
    before = page.next;
  } while (before !== null);
  expect(found).toEqual(days.map((_, index) => `page ${index}`).toReversed());
});

test("what was looked for is shown where it stands, in UTF-16, phrases as one", async () => {
  const { ann, conversationId, say, search } = await createSearchScene();
  const text = "🎉 Crème brûlée, and more crème";
  await say(ann, conversationId, text);
  const shown = async (q: string) => {
    const { results } = await search(ann, q);
    return results[0]!.matches.map(({ start, end }) => text.slice(start, end));
  };
  expect(await shown("creme ")).toEqual(["Crème", "crème"]);
  expect(await shown('"creme brulee" mo')).toEqual(["Crème brûlée", "more"]);
  expect(await shown("🎉 -absent")).toEqual(["🎉"]);
  expect(await shown("from:me")).toEqual([]);
});

test("CL-29: only one's own conversations are found in, whatever is asked", async () => {
  const { ctx, ann, bo, eve, between, conversationId, say, texts, search } = await createSearchScene();
  const secret = await say(ann, conversationId, "the secret plan");
  const kept = await say(bo, conversationId, "the secret answer");
  await say(ann, await between(ann, eve), "hello");
  for (const q of [
    "secret",
    "from:ann",
    "from:bo secret",
    `in:${conversationId}`,
    "in:bo",
    "-hello",
    "se",
    "after:2020-01-01",
  ])
    expect(await texts(eve, q)).not.toContain("the secret plan");
  await expect(search(eve, "secret", { conversationId })).rejects.toMatchObject({ code: "not_found" });
  await hideMessage(ctx, { personId: bo.id, messageId: secret.id });
  expect(await texts(bo, "secret")).toEqual([kept.text]);
  await blockPerson(ctx, { personId: ann.id, otherId: bo.id, kind: "silent" });
  await say(bo, conversationId, "secret threat");
  expect(await texts(ann, "threat")).toEqual([]);
  expect(await texts(bo, "threat")).toEqual(["secret threat"]);
});

test("CL-29: a request that is not accepted, a notice and a deleted message are not found", async () => {
  const { ann, bo, eve, between, conversationId, say, texts, connection } = await createSearchScene();
  await say(eve, await between(eve, ann), "stranger words");
  expect(await texts(ann, "stranger")).toEqual([]);
  expect(await texts(eve, "stranger")).toEqual(["stranger words"]);
  const { id } = await say(ann, conversationId, "bo joined words");
  await connection.sql`update message set notice = '{"type":"joined"}' where id = ${id}`;
  expect(await texts(bo, "joined")).toEqual([]);
});

test("CL-29: whoever went finds what they saw, as it was, until they went", async () => {
  const { ctx, ann, bo, conversationId, say, pass, texts, connection } = await createSearchScene();
  await say(ann, conversationId, "apple before");
  const edited = await say(ann, conversationId, "apple then");
  pass(1_000);
  const { sql } = connection;
  await sql`delete from member where person_id = ${bo.id}`;
  await sql`
    insert into former_member (conversation_id, person_id, role, state, history_after, history_until, read_position,
      left_revision, joined_revision, left_at, rank)
    values (${conversationId}, ${bo.id}, 'member', 'left', 0, 2, 0, 3, 0, ${ctx.now().toISOString()}, 1)`;
  pass(1_000);
  await sql`update message set text = 'apple later', version = 2, edited_at = ${ctx.now().toISOString()} where id = ${edited.id}`;
  await say(ann, conversationId, "apple after");
  expect(await texts(bo, "apple")).toEqual(["apple before"]);
  expect(await texts(bo, "later")).toEqual([]);
  expect((await texts(ann, "apple")).length).toBe(3);
});

test("CL-29: SQL, patterns, operators of PostgreSQL and signs that end its words are only words, or none", async () => {
  const { ann, conversationId, say, search } = await createSearchScene();
  await say(ann, conversationId, "it's 100% plain_text \\ a & b | !c <-> d:* 'quoted'");
  const asked = [
    "'; drop table message; --",
    "' | 'x",
    "\\' \\\\ ' x\\",
    "% _ .* x",
    "a & | ! ( ) <-> :*",
    "@cAAAA @link @d20454",
    "$1 ${x} {{x}}",
    '"" -"" - "a" \u0000x \ud800y',
    "from:' in:% from:\\ a",
    `${"a ".repeat(QUERY_UNITS / 2)}`,
    "é".repeat(QUERY_UNITS),
    '"'.repeat(QUERY_UNITS - 1) + "a",
  ];
  for (const q of asked) await expect(search(ann, q), q).resolves.toBeDefined();
  expect((await search(ann, "100 plain text quoted")).results).toHaveLength(1);
  expect((await search(ann, "@link")).results).toHaveLength(0);
});

import { expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import { startApp } from "../../../test/helpers/app.ts";

const base = "/api/chat/v1";

async function openScene() {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const begun = await app.request(`${base}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const { id } = (begun.json as ConversationView).conversation;
  const say = async (from: { token: string }, text: string) => {
    const json = { key: crypto.randomUUID(), text };
    return (await app.request(`${base}/conversations/${id}/messages`, { token: from.token, json })).json as {
      message: { id: string };
    };
  };
  const take = (from: { token: string }, format: string) =>
    app.request(`${base}/conversations/${id}/export?format=${format}`, { token: from.token });
  return { app, ann, bo, id, say, take };
}

test("a conversation is taken along whole, in order, as data, as a page and as text", async () => {
  const { app, ann, bo, say, take } = await openScene();
  await say(ann, "one\ntwo");
  const { message } = await say(bo, "gone");
  await say(bo, `<script>alert("x")</script> & more`);
  await app.request(`${base}/messages/${message.id}`, { method: "DELETE", token: bo.token });
  const json = await take(ann, "json");
  const { messages, conversation, exportedAt } = json.json as {
    messages: { body: { text: string } | null; author: { address: string } }[];
    conversation: { members: unknown[] };
    exportedAt: string;
  };
  expect(json.headers.get("content-disposition")).toMatch(/^attachment; filename="conversation-.+\.json"$/);
  expect(Date.parse(exportedAt)).toBeGreaterThan(0);
  expect(conversation.members).toHaveLength(2);
  expect(messages.map(({ body, author }) => [body?.text ?? null, author.address.split("@")[1]])).toEqual([
    ["one\ntwo", "ann"],
    [null, "bo"],
    [`<script>alert("x")</script> & more`, "bo"],
  ]);
  const page = await take(ann, "html");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toContain("sandbox");
  expect(page.text).not.toContain("<script");
  expect(page.text).toContain("&lt;script&gt;");
  expect(page.text).toContain("[deleted]");
  const { text } = await take(ann, "text");
  expect(text).toMatch(/ann \(@ann@.+\): one\n {4}two\n/);
  expect(text.indexOf("one")).toBeLessThan(text.indexOf("[deleted]"));
});

test("more messages than are read at a time come once each", async () => {
  const { app, ann, id, take } = await openScene();
  await app.connection.sql`
    insert into message (id, conversation_id, author_id, position, revision, text, audience, sent_at, received_at)
    select gen_random_uuid(), ${id}, ${ann.id}, n, n + 1, 'n' || n, '{}', now(), now() from generate_series(1, 1234) n`;
  const { messages } = (await take(ann, "json")).json as { messages: { position: number }[] };
  expect(messages.map(({ position }) => position)).toEqual(Array.from({ length: 1234 }, (_, n) => n + 1));
});

test("nothing comes of what is kept from somebody, and an unknown format is named", async () => {
  const { app, ann, bo, say, take } = await openScene();
  await say(ann, "before");
  await app.request(`${base}/people/${bo.id}/block`, {
    method: "PUT",
    token: ann.token,
    json: { kind: "silent" },
  });
  await say(bo, "withheld");
  expect((await take(ann, "text")).text).not.toContain("withheld");
  expect((await take(bo, "text")).text).toContain("withheld");
  const { status, json } = await take(ann, "pdf");
  expect([status, json]).toMatchObject([422, { field: "format" }]);
});

import { expect, test } from "vitest";
import type { ApiError, ConversationView, SearchPage } from "#protocol/api.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { poll } from "../../../test/helpers/poll.ts";

const base = "/api/chat/v1";

async function openScene() {
  const app = await startApp();
  const [ann, eve] = [await app.person("ann"), await app.person("eve")];
  await app.person("bo");
  const begun = await app.request(`${base}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const { id } = (begun.json as ConversationView).conversation;
  const say = async (text: string) => {
    const json = { key: crypto.randomUUID(), text };
    await app.request(`${base}/conversations/${id}/messages`, { token: ann.token, json });
  };
  return { app, ann, eve, id, say };
}

async function search(app: TestApp, { token }: { token: string }, query: Record<string, string>) {
  const { status, json } = await app.request(`${base}/search?${new URLSearchParams(query)}`, { token });
  return { status, page: json as SearchPage, error: json as ApiError };
}

test("what was just said is soon found, with where it stands, by its own people alone, page by page", async () => {
  const { app, ann, eve, id, say } = await openScene();
  for (const text of ["a first xylophone", "a second Xylophone"]) await say(text);
  const found = await poll("both messages", async () => {
    const { page } = await search(app, ann, { q: "xylo" });
    return page.results.length === 2 && page;
  });
  expect(found.results.map(({ highlights }) => highlights)).toEqual([
    [{ start: 9, end: 18 }],
    [{ start: 8, end: 17 }],
  ]);
  const first = await search(app, ann, { q: "xylo", limit: "1", conversation: id });
  const second = await search(app, ann, { q: "xylo", limit: "1", before: first.page.next ?? "" });
  expect([...first.page.results, ...second.page.results]).toEqual(found.results);
  expect(second.page.next).toBeNull();
  expect((await search(app, eve, { q: "xylo" })).page.results).toEqual([]);
});

test("CL-29: a query that asks nothing, or too much, names q; a place that is not one's own is like none", async () => {
  const { app, ann, eve, id } = await openScene();
  const faults: [Record<string, string>, string][] = [
    [{}, "q"],
    [{ q: "" }, "q"],
    [{ q: "?!" }, "q"],
    [{ q: "before:tomorrow" }, "q"],
    [{ q: "x".repeat(10_000) }, "q"],
    [{ q: "x", tz: "Mars/Olympus" }, "tz"],
    [{ q: "x", before: "1.x" }, "before"],
    [{ q: "x", order: "best" }, "order"],
  ];
  for (const [query, field] of faults) {
    const { status, error } = await search(app, ann, query);
    expect([query, status, error]).toMatchObject([query, 422, { field }]);
  }
  const foreign = await search(app, eve, { q: "x", conversation: id });
  expect(foreign).toMatchObject({ status: 404, error: { error: "not_found" } });
  for (const unknown of [crypto.randomUUID(), "not-an-id"])
    expect(await search(app, eve, { q: "x", conversation: unknown })).toEqual(foreign);
});

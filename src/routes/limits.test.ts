import { expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import { type Answer, startApp, type TestApp } from "../../test/helpers/app.ts";
import { poll } from "../../test/helpers/poll.ts";

const api = "/api/chat/v1";

function expectTooMany({ status, json, headers }: Answer): void {
  expect([status, json]).toMatchObject([429, { error: "too_many" }]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
}

/** Asks by turns at two nodes until one refuses; answers how often it went. */
async function untilRefused(
  nodes: readonly TestApp[],
  ask: (node: TestApp) => Promise<Answer>,
): Promise<number> {
  for (let went = 0; went < 50; went += 1) {
    const answer = await ask(nodes[went % nodes.length]!);
    if (answer.status !== 429) continue;
    expectTooMany(answer);
    return went;
  }
  throw new Error("nothing was refused");
}

test("every limit on ways in fires, two nodes counting together", async () => {
  const app = await startApp();
  const nodes = [app, await startApp({ beside: app })];
  const headers = { origin: app.origin, "x-forwarded-for": "192.0.2.1" };
  const { token } = await app.person("ann");
  const post = (path: string, json: object) => (node: TestApp) => node.request(path, { headers, json });
  expect(await untilRefused(nodes, post("/auth/sign-in", { handle: "bo", password: "wrong" }))).toBe(10);
  expect(await untilRefused(nodes, post("/auth/sign-up", { handle: "bo", password: "short" }))).toBe(5);
  const form = { client_name: "App", redirect_uris: "https://app.example/back" };
  expect(await untilRefused(nodes, post("/api/v1/apps", form))).toBe(5);
  const lookUp = (node: TestApp) =>
    node.request(`${api}/conversations`, { token, json: { address: "@nobody" } });
  expect(await untilRefused(nodes, lookUp)).toBe(30);
});

test("whoever sends ten messages at once waits, at this node at once and at another soon", async () => {
  const app = await startApp({ limits: { send: 10 } });
  const beside = await startApp({ beside: app, limits: { send: 10 } });
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const begun = await app.request(`${api}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const path = `${api}/conversations/${(begun.json as ConversationView).conversation.id}/messages`;
  const say = (node: TestApp, { token }: { token: string }) =>
    node.request(path, { token, json: { key: crypto.randomUUID(), text: "hello" } });
  expect(await untilRefused([app], (node) => say(node, ann))).toBe(10);
  expect((await say(app, bo)).status).toBe(201);
  let went = 0;
  await poll("the other node to refuse", async () => {
    const answer = await say(beside, ann);
    if (answer.status === 201) went += 1;
    else expectTooMany(answer);
    return answer.status === 429;
  });
  expect(went).toBeLessThanOrEqual(10);
});

const one = crypto.randomUUID();
const changes = ["PUT", "POST", "PATCH", "DELETE"] as const;

/** Everything that can be changed, as the API describes itself, with unknown ids for all that has one. */
async function changesOf(app: TestApp): Promise<[method: string, path: string][]> {
  const { paths } = (await app.request(`${api}/openapi.json`)).json as {
    paths: Record<string, Record<string, unknown>>;
  };
  return Object.entries(paths).flatMap(([path, verbs]) =>
    changes
      .filter((method) => method.toLowerCase() in verbs)
      .map((method): [string, string] => [method, path.replaceAll(/\{[^}]+\}/g, one)]),
  );
}

test("whatever others see of somebody has one limit; what is their own, and taking one's words away, has none", async () => {
  const app = await startApp({ limits: { act: 1 } });
  const { token } = await app.person("ann");
  expect((await app.request(`${api}/messages/${one}/pin`, { method: "PUT", token })).status).toBe(404);
  const about =
    /^\/api\/chat\/v1\/(?:conversations|messages|invitations|links|join|people|me\/preferences)(?:\/|$)/;
  const free: string[] = [];
  for (const [method, path] of (await changesOf(app)).filter(([, each]) => about.test(each))) {
    const { status } = await app.request(path, { method, token, ...(method !== "DELETE" && { json: {} }) });
    if (status !== 429) free.push(`${method} ${path.slice(api.length).replaceAll(one, "…")}`);
  }
  expect(free.toSorted()).toEqual([
    "DELETE /conversations/…",
    "DELETE /conversations/…/draft",
    "DELETE /messages/…",
    "DELETE /messages/…/saved",
    "DELETE /people/…/mute",
    "PATCH /conversations/…/membership",
    "POST /conversations/…/decline",
    "POST /conversations/…/leave",
    "POST /conversations/…/messages",
    "POST /conversations/…/read",
    "PUT /conversations/…/draft",
    "PUT /messages/…/saved",
    "PUT /people/…/mute",
  ]);
});

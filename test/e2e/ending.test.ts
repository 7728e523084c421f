import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Confirmed } from "#protocol/sign-in.ts";
import type { Message } from "#protocol/types.ts";
import { call, type Client, type LiveSession, signUp } from "../helpers/client.ts";
import { goLive } from "../helpers/live.ts";
import { type Member, openPair, type Pair, visitDatabase } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";
import { whereIs } from "../helpers/where-is.ts";

// Two server processes that speak TLS to each other.

const CANARY = "kanarienvogel";
let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
}, 120_000);

afterAll(() => pair?.close());

function ask<Row extends postgres.MaybeRow>(
  { server }: Member,
  question: (sql: postgres.Sql) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  return visitDatabase(server, async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      return await question(sql);
    } finally {
      await sql.end();
    }
  });
}

/** Asks for one's end, and lets the days go by in which one may think better of it. */
async function end({ place, token, api, person }: Client, at: Member): Promise<void> {
  const path = "/api/chat/v1/me";
  const shown = { password: `password of ${person.handle}` };
  const { ticket } = await api.request<Confirmed>("POST", `${path}/confirm`, shown);
  const headers = { Confirmation: ticket };
  await call(place, { method: "POST", path: `${path}/end`, token, headers });
  await ask(at, (sql) => sql`update account set ends_at = now() where ends_at is not null`);
}

const said = ({ body }: Message) => (body !== null && "text" in body ? body.text : null);
const seen = ({ state }: LiveSession, id: string) =>
  state.conversations[id]?.conversation.members.find(({ person }) => person.host !== null)?.person;

test("IF-25: a server that is down when somebody ends hears of it later, and nothing of them is left there", async () => {
  const { a, b } = pair;
  const [ana, bo] = await Promise.all([signUp(a.place, "ana"), signUp(b.place, "bo")]);
  const { conversation } = await bo.api.startConversation(ana.person.address);
  const { id } = conversation;
  await bo.send(id, { text: "words of bo" });
  const sessions = await Promise.all([bo, await bo.signIn()].map(goLive));
  const there = await poll(
    "the request arrives",
    async () => (await ana.api.conversations({ state: "request" }, null)).conversations[0],
  );
  await ana.send(there.conversation.id, { text: `${CANARY} one` });
  await ana.send(there.conversation.id, { text: `${CANARY} two` });
  const words = async (): Promise<Message[]> => (await bo.fetchHistory(id)).messages;
  await poll("all arrive", async () => {
    const messages = await words();
    return messages.filter((message) => said(message)?.includes(CANARY)).length === 2;
  });
  expect((await ask(b, (sql) => whereIs(sql, CANARY))).length).toBeGreaterThan(0);

  await b.server.kill("SIGKILL");
  await end(ana, a);
  const waiting = () =>
    ask(
      a,
      (sql) => sql`
    select 1 from delivery d join activity x on x.id = d.activity_id join lane l on l.conversation_id = d.conversation_id and l.host = d.host
    where x.type = 'DeletePerson' and d.state = 'waiting' and l.attempts > 0`,
    );
  await poll("it was tried in vain", async () => (await waiting()).length > 0);
  await poll(
    "what was hers is gone here",
    async () => (await ask(a, (sql) => sql`select 1 from departure`)).length === 0,
  );
  // It has to be signed still.
  const keys = () => ask(a, (sql) => sql`select 1 from signing_key k where k.person_id = ${ana.person.id}`);
  expect((await keys()).length).toBeGreaterThan(0);

  await b.server.restart();
  await poll("both sessions see it", () =>
    sessions.every((session) => seen(session, id)?.state === "deleted"),
  );
  await poll(
    "nothing of hers is left there",
    async () => (await ask(b, (sql) => whereIs(sql, CANARY))).length === 0,
  );
  expect((await words()).map(said)).toEqual(["words of bo", null, null]);
  for (const session of sessions) await session.inStep();
  await poll("the keys are destroyed", async () => (await keys()).length === 0);
  expect(await ask(a, (sql) => whereIs(sql, CANARY))).toEqual([]);
  // Bo's words stay his.
  expect((await ask(b, (sql) => whereIs(sql, "words of bo"))).map(({ table }) => table)).toContain("message");
}, 180_000);

import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test } from "vitest";
import type { FailpointName } from "#lib/failpoint.ts";
import type { Message } from "#protocol/types.ts";
import { Unreachable } from "#web/platform/http.ts";
import { type Client, signUp } from "../helpers/client.ts";
import { type Member, openPair, type Pair, readQueues, visitDatabase } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// A process that dies at the worst moment: what its client or its peer repeats afterwards counts once.

let pair: Pair;
let ana: Client;
let bo: Client;
let here: string;
let there: string;
let round = 0;
/** The server that is going to die, or has just died. */
let armed: Member | undefined;

beforeAll(async () => {
  pair = await openPair();
  [ana, bo] = await Promise.all([signUp(pair.a.place, "ana"), signUp(pair.b.place, "bo")]);
  const { conversation } = await ana.api.startConversation(bo.person.address);
  here = conversation.id;
  await ana.send(here, { text: "hello" });
  there = await poll("the first message", async () => {
    const { conversations } = await bo.api.conversations({ state: "request" }, null);
    return conversations[0]?.conversation.id;
  });
  await bo.send(there, { text: "hello" });
}, 120_000);

beforeEach(async () => {
  round += 1;
  await Promise.all([pair.a, pair.b].map(atRest));
});

afterEach(async () => {
  if (armed === undefined) return; // else the test broke off, and the next one must not suffer from it
  await armed.server.kill("SIGKILL");
  await disarm(armed);
});

afterAll(() => pair?.close());

function atRest({ server }: Member): Promise<boolean> {
  return poll("nothing is under way", async () => {
    const { due, leased } = await readQueues(server);
    return due === 0 && leased === 0;
  });
}

/** Starts a server again so that it dies at its next passage of a failpoint. */
async function arm(member: Member, name: FailpointName): Promise<void> {
  const { server } = member;
  armed = member;
  await server.kill("SIGTERM");
  await server.restart({ FAILPOINT: `${name}:kill` });
  onTestFailed(() => void process.stderr.write(server.output().slice(-3_000)));
}

/** Waits for its death. */
async function dies({ server }: Member): Promise<void> {
  expect(await server.ended()).toEqual({ code: null, signal: "SIGKILL" });
}

async function disarm({ server }: Member): Promise<void> {
  await server.restart({ FAILPOINT: undefined });
  armed = undefined;
}

async function copies(client: Client, conversationId: string, text: string): Promise<Message[]> {
  const { messages } = await client.fetchHistory(conversationId);
  expect(messages.map(({ position }) => position)).toEqual(messages.map((_, index) => index + 1));
  return messages.filter(({ body }) => body !== null && "text" in body && body.text === text);
}

/** Both servers have it once, and its author knows. */
async function onceEverywhere(text: string): Promise<void> {
  await poll(`${text} arrives`, async () => (await copies(bo, there, text)).length > 0);
  await Promise.all([pair.a, pair.b].map(atRest));
  expect(await copies(ana, here, text)).toHaveLength(1);
  expect(await copies(bo, there, text)).toHaveLength(1);
  const { deliveries } = await ana.fetchHistory(here);
  const [message] = await copies(ana, here, text);
  expect(deliveries[message!.id]?.map(({ state }) => state)).toEqual(["accepted"]);
}

const sending = ["before-tx", "after-insert", "before-commit", "after-commit-before-ack"] as const;

test.each(sending)("a server that dies %s of a send makes one message of two attempts", async (name) => {
  await arm(pair.a, name);
  const said = { text: `sent ${round}`, key: crypto.randomUUID() };
  await expect(ana.sendOnce(here, said)).rejects.toThrow(Unreachable);
  await dies(pair.a);
  await disarm(pair.a);
  const survived = await copies(ana, here, said.text);
  expect(survived).toHaveLength(name === "after-commit-before-ack" ? 1 : 0);
  const { message } = await ana.send(here, said);
  expect([message.id, ...survived.map(({ id }) => id)]).toEqual(Array(1 + survived.length).fill(message.id));
  expect((await ana.send(here, said)).message.id).toBe(message.id);
  await onceEverywhere(said.text);
});

test.each(sending)(
  "a server that dies %s of a delivery has it once when it is delivered again",
  async (name) => {
    await arm(pair.b, name);
    const text = `delivered ${round}`;
    await ana.send(here, { text });
    await dies(pair.b);
    await disarm(pair.b);
    await onceEverywhere(text);
  },
);

test("a server that dies after a delivery and before it has noted it delivers again, and it counts once", async ({
  annotate,
}) => {
  await arm(pair.a, "after-post-before-mark");
  const texts = [`noted ${round} one`, `noted ${round} two`];
  const { message } = await ana.send(here, { text: texts[0]! });
  await dies(pair.a);
  expect(await copies(bo, there, texts[0]!)).toHaveLength(1);
  await disarm(pair.a);
  const { deliveries } = await ana.fetchHistory(here);
  expect(deliveries[message.id]?.map(({ state }) => state)).toEqual(["waiting"]);
  const began = performance.now();
  await ana.send(here, { text: texts[1]! });
  for (const text of texts) await onceEverywhere(text);
  await annotate(`the lane of the dead worker went on after ${Math.round(performance.now() - began)} ms`);
  const order = (await bo.fetchHistory(there)).messages.slice(-2);
  expect(order.map(({ body }) => body)).toMatchObject(texts.map((text) => ({ text })));
});

test("a server that dies while it makes a message findable has it findable when it is back", async () => {
  await arm(pair.a, "in-job");
  const { message } = await ana.send(here, { text: `findable ${round}` });
  await dies(pair.a);
  const isFindable = () =>
    visitDatabase(pair.a.server, async (url) => {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      const rows = await sql`select 1 from search_entry where message_id = ${message.id}`;
      await sql.end();
      return rows.length === 1;
    });
  await disarm(pair.a);
  await poll("the message can be found", isFindable);
});

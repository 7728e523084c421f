import { afterEach, expect, onTestFailed, test, type TestContext } from "vitest";
import { Unreachable } from "#web/platform/http.ts";
import { Attempts, check, type Outcome, type Reading } from "../helpers/checker.ts";
import { call, type Client, LiveSession, signUp } from "../helpers/client.ts";
import {
  killPostgres,
  type Member,
  openPair,
  type Pair,
  readQueues,
  visitDatabase,
} from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";
import type { TestServer } from "../helpers/server.ts";
import { stateHash } from "../helpers/state-hash.ts";

// The promise, while servers die: what was acknowledged is there once, in order, for everybody, though every delivery
// between the two servers comes twice and some answers are lost.

/** Each server has two writers with so many messages each. */
const messages = 100;
/** After how many acknowledged messages of its own a server is killed. */
const marks = [30, 90, 150];
/** Milliseconds, for a machine that is busy with other things. */
const patience = 90_000;

const ends: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Somebody who writes to one person, in two live sessions. */
interface Writer {
  readonly client: Client;
  readonly member: Member;
  readonly conversationId: string;
  readonly sessions: readonly LiveSession[];
  /** Tries under the same key until there is an answer; else each message gets one attempt. */
  readonly insists: boolean;
}

async function open(member: Member, handle: string): Promise<Omit<Writer, "conversationId" | "insists">> {
  const client = await signUp(member.place, handle);
  const clients = [client, await client.signIn()];
  const sessions = await Promise.all(clients.map((each) => new LiveSession(each).start()));
  ends.push(() => sessions.forEach((session) => session.stop()));
  return { client, member, sessions };
}

/** Two people of two servers who have met. */
async function acquaint(pair: Pair, insists: boolean): Promise<Writer[]> {
  const suffix = insists ? "1" : "2";
  const [ana, bo] = await Promise.all([open(pair.a, `ana${suffix}`), open(pair.b, `bo${suffix}`)]);
  const { conversation } = await ana.client.api.startConversation(bo.client.person.address);
  await ana.client.send(conversation.id, { text: "hello" });
  const theirs = await poll("the first message", () => Object.keys(bo.sessions[0]!.state.conversations)[0]);
  await bo.client.api.answerRequest(theirs, "accept");
  const writers = [
    { ...ana, insists, conversationId: conversation.id },
    { ...bo, insists, conversationId: theirs },
  ];
  for (const { sessions, conversationId } of writers)
    await Promise.all(sessions.map((session) => session.open(conversationId)));
  return writers;
}

async function write(writer: Writer, attempts: Attempts): Promise<void> {
  const { client, conversationId, insists } = writer;
  const { address: author, handle } = client.person;
  const server = client.place.origin;
  for (let number = 1; number <= messages; number += 1) {
    const text = `${handle} ${number}`;
    const outcome = await attempts.note({ author, server, text }, () =>
      insists ? client.send(conversationId, { text }) : client.sendOnce(conversationId, { text }),
    );
    if (outcome !== "ok") await poll("the server is back", () => isThere(client), patience);
  }
}

async function isThere({ place }: Client): Promise<boolean> {
  try {
    await call(place, { method: "GET", path: "/health" });
    return true;
  } catch (error) {
    if (error instanceof Unreachable) return false;
    throw error;
  }
}

type Blow = (server: TestServer) => Promise<void>;

const killServer: Blow = async (server) => {
  await server.kill("SIGKILL");
  await server.restart();
};

/** Its PostgreSQL does not outlive it this time. */
const killBoth: Blow = async (server) => {
  await killPostgres(server);
  await killServer(server);
};

const killDatabase: Blow = killPostgres;

interface Storm {
  readonly attempts: Attempts;
  readonly blows: readonly Blow[];
}

async function strike({ server, place }: Member, { attempts, blows }: Storm): Promise<void> {
  for (const [index, blow] of blows.entries()) {
    const mark = marks[index]!;
    await poll(`${mark} messages`, () => attempts.count(place.origin, "ok") >= mark, patience);
    expect(attempts.count(place.origin, "ok")).toBeLessThan(2 * messages);
    await blow(server);
  }
}

/** What each session of a writer shows. */
function read({ client, member, conversationId, sessions }: Writer): Reading[] {
  return sessions.map((session, index) => {
    const { conversation } = session.state.conversations[conversationId]!;
    const addresses = new Map(conversation.members.map(({ person }) => [person.id, person.address]));
    const shown = session.messages(conversationId).map(({ authorId, body, position }) => {
      const text = body !== null && "text" in body ? body.text : "";
      return { author: addresses.get(authorId) ?? "", text, position };
    });
    const reader = `${client.person.address} ${index + 1}`;
    return { reader, server: member.place.origin, messages: shown };
  });
}

/** Waits until nothing is under way any more; answers after how many milliseconds. */
async function calm({ a, b }: Pair): Promise<number> {
  const began = performance.now();
  for (const { server } of [a, b]) {
    await poll("nothing waits and nobody holds a lane", () => isIdle(server), patience);
  }
  for (const { proxy } of [a, b]) await proxy!.settled();
  return performance.now() - began;
}

async function isIdle(server: TestServer): Promise<boolean> {
  const { due, leased } = await readQueues(server);
  return due === 0 && leased === 0;
}

function hashes({ a, b }: Pair): Promise<string[]> {
  return Promise.all([a, b].map(({ server }) => visitDatabase(server, stateHash)));
}

/** After a restart each server judges with fresh eyes what it has seen long ago. */
async function repeatEverything(pair: Pair): Promise<void> {
  for (const { server } of [pair.a, pair.b]) {
    await server.kill("SIGTERM");
    await server.restart();
  }
  const before = await hashes(pair);
  for (const { proxy } of [pair.a, pair.b]) {
    expect(new Set(await proxy!.repeatAll())).toEqual(new Set([202]));
  }
  expect(await hashes(pair)).toEqual(before);
}

/** Lets four people write while their servers are struck, and then holds everybody's state against what was promised. */
async function weather(blows: readonly Blow[], annotate: TestContext["annotate"]): Promise<Pair> {
  const pair = await openPair({ database: "embedded", repeating: { losesAnswer: (n) => n % 25 === 24 } });
  ends.push(() => pair.close());
  onTestFailed(() => {
    for (const { server } of [pair.a, pair.b]) process.stderr.write(`${server.output().slice(-5_000)}\n`);
  });
  const couples = [await acquaint(pair, true), await acquaint(pair, false)];
  const attempts = new Attempts();
  const began = performance.now();
  await Promise.all([
    strike(pair.a, { attempts, blows }),
    strike(pair.b, { attempts, blows }),
    ...couples.flat().map((writer) => write(writer, attempts)),
  ]);
  const wrote = performance.now() - began;
  const calmed = await calm(pair);
  for (const couple of couples) {
    await Promise.all(couple.flatMap(({ sessions }) => sessions).map((session) => session.inStep()));
    const names = couple.map(({ client }) => client.person.address);
    const sends = attempts.sends.filter(({ author }) => names.includes(author));
    const server = pair.a.place.origin;
    const hello = { author: names[0]!, server, text: "hello", invokedAt: 0, settledAt: 0 };
    expect(check([{ ...hello, outcome: "ok" }, ...sends], couple.flatMap(read))).toEqual([]);
  }
  for (const { server, proxy } of [pair.a, pair.b]) {
    expect(Object.keys((await readQueues(server)).deliveries)).toEqual(["accepted"]);
    expect(proxy!.repeated).toHaveLength(proxy!.deliveries);
    expect(new Set(proxy!.repeated)).toEqual(new Set([202]));
    expect(proxy!.lostAnswers).toBeGreaterThan(0);
    const count = (outcome: Outcome) => `${attempts.count(server.origin, outcome)} ${outcome}`;
    await annotate(`${count("ok")}, ${count("unknown")}, ${proxy!.deliveries} deliveries`);
  }
  await annotate(`written in ${Math.round(wrote)} ms, at rest ${Math.round(calmed)} ms later`);
  return pair;
}

test(
  "200 messages each way, each delivered twice, outlive three deaths of each server",
  { timeout: 240_000 },
  async ({ annotate }) => {
    const pair = await weather([killServer, killServer, killServer], annotate);
    for (const { server } of [pair.a, pair.b]) expect(server.output().match(/ is ready: /g)).toHaveLength(4);
    await repeatEverything(pair);
  },
);

test(
  "the same when PostgreSQL dies, with its server and alone",
  { timeout: 240_000 },
  async ({ annotate }) => {
    const pair = await weather([killBoth, killDatabase, killBoth], annotate);
    for (const { server } of [pair.a, pair.b]) {
      expect(server.output().match(/ is ready: /g)).toHaveLength(3);
      expect(server.output()).toContain("PostgreSQL runs again");
    }
  },
);

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Preferences, Presence } from "#protocol/types.ts";
import { type Client, LiveSession, signUp } from "../helpers/client.ts";
import { openPair, type Pair } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Read marks, typing and presence between two server processes that speak TLS to each other. Most of it is waiting, so
// all wait at once, each for two people of its own.

let pair: Pair;
/** One for each test. They are begun one after the other: that is work, and the rest is waiting. */
const scenes: Scene[] = [];
let taken = 0;

beforeAll(async () => {
  pair = await openPair();
  for (let round = 1; round <= 5; round += 1) scenes.push(await meet(round));
}, 120_000);

afterAll(async () => {
  for (const { atA, atB } of scenes) for (const session of [...atA, ...atB]) session.stop();
  await pair?.close();
});

/**
 * Ana at one server and bo at the other, with two sessions each. Ana, who was there before bo accepted, is seen by him
 * only because her server tells his once more.
 */
async function meet(round: number) {
  const [ana, bo] = await Promise.all([
    signUp(pair.a.place, `ana${round}`),
    signUp(pair.b.place, `bo${round}`),
  ]);
  const [ana1, ana2] = await Promise.all(
    [ana, await ana.signIn()].map((client) => new LiveSession(client).start()),
  );
  const { conversation } = await ana.api.startConversation(bo.person.address);
  await ana.send(conversation.id, { text: "Hello over there" });
  const request = await poll(
    "the request",
    async () => (await bo.api.conversations({ state: "request" }, null)).conversations[0],
  );
  const [here, there] = [conversation.id, request.conversation.id];
  await bo.api.answerRequest(there, "accept");
  const [bo1, bo2] = await Promise.all(
    [bo, await bo.signIn()].map((client) => new LiveSession(client).start()),
  );
  return { ana, bo, here, there, atA: [ana1!, ana2!] as const, atB: [bo1!, bo2!] as const };
}

type Scene = Awaited<ReturnType<typeof meet>>;

/** The other one of a conversation, as this session's server calls them. */
function otherOf({ state }: LiveSession, conversationId: string): string {
  const members = state.conversations[conversationId]!.conversation.members;
  return members.find(({ person }) => person.id !== state.me)!.person.id;
}

/** Undefined while the session starts afresh. */
function readMark(session: LiveSession, conversationId: string): number | undefined {
  const known = session.state.conversations[conversationId];
  return known && (known.membership.receipts[otherOf(session, conversationId)] ?? 0);
}

/** Waits until a session sees the other one in a state; `offline` is to be missing. */
async function sees(session: LiveSession, conversationId: string, state: Presence["state"]): Promise<void> {
  const seen = () => session.signals.people.value[otherOf(session, conversationId)]?.state ?? "offline";
  await poll(`${session.client.person.address} sees somebody ${state}`, () => seen() === state, 40_000);
}

async function bothSee({ atA, atB, here, there }: Scene, [a, b]: [Presence["state"], Presence["state"]]) {
  await Promise.all([
    ...atA.map((session) => sees(session, here, a)),
    ...atB.map((session) => sees(session, there, b)),
  ]);
}

function prefer(client: Client, change: Partial<Preferences>) {
  return client.api.changePreferences(change);
}

test.concurrent("who writes is seen in both sessions of the other, and no more five seconds later", async () => {
  const { atA, atB, here, there } = scenes[taken++]!;
  const typing = atB.map((session) => session.signals.typingIn(there));
  atA[0].signals.type(here);
  await poll("typing in both sessions", () => typing.every(({ value }) => value.length === 1));
  expect(typing[0]!.value).toEqual([otherOf(atB[0], there)]);
  expect(atA[1].signals.typingIn(here).value).toEqual([]);
  const began = performance.now();
  await poll("the end of it", () => typing.every(({ value }) => value.length === 0));
  expect(performance.now() - began).toBeGreaterThan(4_000);
});

test.concurrent("what is read is shown in both sessions of the other, unless the reader or the viewer opts out", async () => {
  const { ana, bo, atA, here, there } = scenes[taken++]!;
  await bo.api.read(there, 1);
  await Promise.all(atA.map((session) => poll("the read mark", () => readMark(session, here) === 1)));
  // The reader opts out of one conversation: the next mark stays where it was.
  await bo.api.chooseSharing(there, { receipts: false });
  await ana.send(here, { text: "two" });
  await poll(
    "the second message",
    async () => (await bo.api.conversation(there)).conversation.lastPosition === 2,
  );
  await bo.api.read(there, 2);
  await bo.api.chooseSharing(there, { receipts: null });
  await ana.send(here, { text: "three" });
  await poll(
    "the third message",
    async () => (await bo.api.conversation(there)).conversation.lastPosition === 3,
  );
  await bo.api.read(there, 3);
  await poll("the third mark", () => readMark(atA[0], here) === 3);
  const marks = atA[0].frames.flatMap((frame) => (frame.type === "receipt.changed" ? frame.position : []));
  expect(marks).toEqual([1, 3]);
  // The viewer opts out: whoever shows nothing is shown nothing.
  await prefer(ana, { receipts: false });
  await Promise.all(atA.map((session) => poll("no read mark", () => readMark(session, here) === 0)));
  await atA[0].inStep();
});

test.concurrent("who is there is seen at the other server: online, idle, invisible, offline", async () => {
  const scene = scenes[taken++]!;
  const { ana, bo, atA, atB, here, there } = scene;
  await prefer(ana, { status: { text: "at sea", until: null } });
  await bothSee(scene, ["online", "online"]);
  await poll("the status", () => {
    return atB[0].signals.people.value[otherOf(atB[0], there)]?.status?.text === "at sea";
  });
  for (const session of atA) session.signals.act("idle");
  await Promise.all(atB.map((session) => sees(session, there, "idle")));
  await prefer(bo, { invisible: true });
  await Promise.all(atA.map((session) => sees(session, here, "offline")));
  await sees(atB[0], there, "idle");
  for (const session of atA) session.stop();
  await Promise.all(atB.map((session) => sees(session, there, "offline")));
}, 120_000);

test.concurrent("whoever shares no presence is not seen and sees nobody; neither passes typing once one opts out", async () => {
  const scene = scenes[taken++]!;
  const { ana, atA, atB, here, there } = scene;
  await bothSee(scene, ["online", "online"]);
  await prefer(ana, { presence: false, typing: false });
  await bothSee(scene, ["offline", "offline"]);
  atB[0].signals.type(there);
  atA[0].signals.type(here);
  // What is stored comes later than what is not.
  await ana.send(here, { text: "after" });
  await poll("the message", () => atB[0].state.conversations[there]?.conversation.lastPosition === 2);
  const typing = [...atA, ...atB].flatMap(({ frames }) => frames.filter(({ type }) => type === "typing"));
  expect(typing).toEqual([]);
}, 120_000);

test.concurrent("a block ends all of it, both ways", async () => {
  const scene = scenes[taken++]!;
  const { ana, bo, atA, atB, here, there } = scene;
  await bothSee(scene, ["online", "online"]);
  const path = `/api/chat/v1/people/${otherOf(atA[0], here)}/block`;
  await ana.call("PUT", path, { kind: "silent" });
  await bothSee(scene, ["offline", "offline"]);
  await bo.api.read(there, 1);
  atB[0].signals.type(there);
  atA[0].signals.type(here);
  await bo.send(there, { text: "unseen" });
  await poll("its delivery", async () => {
    const { deliveries } = await bo.api.conversation(there);
    return deliveries[0]?.state === "accepted";
  });
  expect(readMark(atA[0], here)).toBe(0);
  const signals = atA.flatMap(({ frames }) => frames.filter(({ type }) => type === "typing"));
  expect(signals).toEqual([]);
}, 120_000);

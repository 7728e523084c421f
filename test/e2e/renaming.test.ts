import { afterAll, beforeAll, expect, test } from "vitest";
import type { HandleState } from "#protocol/handle.ts";
import type { Confirmed } from "#protocol/sign-in.ts";
import type { Person } from "#protocol/types.ts";
import { call, type Client, type LiveSession, signUp } from "../helpers/client.ts";
import { goLive } from "../helpers/live.ts";
import { openPair, type Pair } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Two server processes that speak TLS to each other.

let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
}, 120_000);

afterAll(() => pair?.close());

async function rename({ place, token, api, person }: Client, handle: string): Promise<HandleState> {
  const path = "/api/chat/v1/me";
  const shown = { password: `password of ${person.handle}` };
  const { ticket } = await api.request<Confirmed>("POST", `${path}/confirm`, shown);
  const headers = { Confirmation: ticket };
  return await call(place, { method: "PUT", path: `${path}/handle`, body: { handle }, token, headers });
}

/** Somebody as a session sees them. */
function seenBy({ state }: LiveSession, id: string): Person | undefined {
  const people = Object.values(state.conversations).flatMap(({ conversation }) => conversation.members);
  return people.find(({ person }) => person.id === id)?.person;
}

test("another server hears of another handle, checks it, and still finds its owner by the former one", async () => {
  const [ana, bo] = await Promise.all([signUp(pair.a.place, "ana"), signUp(pair.b.place, "bo")]);
  const { host } = new URL(pair.a.place.origin);
  const { conversation } = await bo.api.startConversation(ana.person.address);
  await bo.send(conversation.id, { text: "hello" });
  const there = conversation.members.find(({ person }) => person.host !== null)!.person.id;
  const sessions = await Promise.all([ana, await ana.signIn(), bo, await bo.signIn()].map(goLive));
  const [ana1, ana2, bo1, bo2] = sessions as [LiveSession, LiveSession, LiveSession, LiveSession];
  await poll("the message arrives", () => Object.keys(ana1.state.conversations).length === 1);

  expect(await rename(ana, "anna")).toMatchObject({ handle: "anna", held: [{ handle: "ana" }] });
  const known = { handle: "anna", address: `@anna@${host}`, formerly: `@ana@${host}` };
  await poll("both sessions here", () =>
    [ana1, ana2].every(({ state }) => state.person?.address === known.address),
  );
  await poll("both sessions there", () =>
    [bo1, bo2].every((session) => seenBy(session, there)?.address === known.address),
  );
  for (const session of [bo1, bo2]) expect(seenBy(session, there)).toMatchObject(known);
  for (const session of [ana1, ana2]) expect(seenBy(session, ana.person.id)).toMatchObject(known);

  for (const address of [`@ana@${host}`, `@anna@${host}`]) {
    const found = await bo.api.startConversation(address);
    expect(found.conversation.id).toBe(conversation.id);
  }
  await bo.send(conversation.id, { text: "welcome @ana" });
  await poll("she is named", () => {
    const [only] = Object.values(ana2.state.conversations);
    return only?.membership.lastMessage !== null && only?.membership.unreadMentions === 1;
  });
  for (const session of sessions) await session.inStep();
});

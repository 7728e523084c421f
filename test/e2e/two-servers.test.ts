import { afterAll, beforeAll, expect, test } from "vitest";
import type { Message } from "#protocol/types.ts";
import { type Client, type LiveSession, signUp } from "../helpers/client.ts";
import { goLive } from "../helpers/live.ts";
import { openPair, type Pair } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Two server processes, each with a PostgreSQL of its own, that speak TLS to each other.

let pair: Pair;

beforeAll(async () => {
  pair = await openPair({ database: "embedded" });
}, 120_000);

afterAll(() => pair?.close());

interface Scene {
  readonly ana: Client;
  readonly bo: Client;
  /** Ana's two sessions, then Bo's two. */
  readonly sessions: readonly [LiveSession, LiveSession, LiveSession, LiveSession];
}

async function meet(round: number): Promise<Scene> {
  const [ana, bo] = await Promise.all([
    signUp(pair.a.place, `ana${round}`),
    signUp(pair.b.place, `bo${round}`),
  ]);
  const clients = [ana, await ana.signIn(), bo, await bo.signIn()];
  const sessions = (await Promise.all(clients.map(goLive))) as unknown as Scene["sessions"];
  return { ana, bo, sessions };
}

/** Waits until a session shows a message that fits, whatever it calls the conversation. */
function shown(session: LiveSession, fits: (message: Message) => boolean): Promise<Message> {
  return poll(`a message at ${session.client.person.address}`, () =>
    Object.values(session.state.conversations)
      .flatMap(({ window, membership }) => [...(window?.messages ?? []), membership.lastMessage])
      .find((message): message is Message => message !== null && fits(message)),
  );
}

const says = (text: string) => (message: Message) =>
  message.body !== null && "text" in message.body && message.body.text === text;

/** The states of a message at other servers, as its author's session shows them. */
function deliveriesOf(session: LiveSession, { conversationId, id }: Message): readonly string[] {
  const deliveries = session.state.conversations[conversationId]?.deliveries[id] ?? [];
  return deliveries.map(({ host, state }) => `${host} ${state}`);
}

test("a message, its answer, an edit, a reply and a deletion reach every session of both people", async () => {
  const { ana, bo, sessions } = await meet(1);
  const [ana1, ana2, bo1, bo2] = sessions;

  const { conversation } = await ana.api.startConversation(bo.person.address);
  await Promise.all([ana1, ana2].map((session) => session.open(conversation.id)));
  const began = performance.now();
  const { message: first } = await ana.send(conversation.id, { text: "Hello over there" });
  const met = await Promise.all([ana2, bo1, bo2].map((session) => shown(session, says("Hello over there"))));
  const took = performance.now() - began;
  expect(took).toBeLessThan(5_000);

  const there = met[1]!.conversationId;
  const view = await bo.api.conversation(there);
  expect(view.membership).toMatchObject({ state: "request", unread: 1 });
  expect(view.conversation.members.map(({ person }) => person.address).toSorted()).toEqual(
    [ana.person.address, bo.person.address].toSorted(),
  );
  await Promise.all([bo1, bo2].map((session) => session.open(there)));
  await bo.send(there, { text: "Hello yourself", inReplyTo: met[1]!.id });
  const answer = await shown(ana2, says("Hello yourself"));
  expect(answer.inReplyTo).toBe(first.id);
  await poll("the request is accepted in the other session", () => {
    return bo2.state.conversations[there]?.membership.state === "accepted";
  });

  await ana.api.edit(first.id, "Hello over there!");
  const edited = await Promise.all([ana1, bo2].map((session) => shown(session, says("Hello over there!"))));
  expect(edited.every(({ editedAt }) => editedAt !== null)).toBe(true);

  const { message: reply } = await ana.send(conversation.id, { text: "How are you?", inReplyTo: answer.id });
  const replied = await shown(bo1, says("How are you?"));
  expect(bo1.messages(there).find(({ id }) => id === replied.inReplyTo)?.body).toMatchObject({
    text: "Hello yourself",
  });

  await ana.api.deleteForEveryone(reply.id);
  const gone = await Promise.all(
    [ana2, bo1, bo2].map((session) => shown(session, ({ deletedAt }) => deletedAt !== null)),
  );
  expect(gone.every(({ body }) => body === null)).toBe(true);

  const accepted = [`${new URL(pair.b.place.origin).host} accepted`];
  for (const message of [first, reply]) {
    await poll("the deliveries are accepted", () =>
      [ana1, ana2].every((session) => deliveriesOf(session, message).join() === accepted.join()),
    );
  }
  for (const session of sessions) await session.inStep();
});

test("a session that was away catches up with everything, and with nothing twice", async () => {
  const { ana, bo, sessions } = await meet(2);
  const [ana1, , bo1] = sessions;
  const { conversation } = await ana.api.startConversation(bo.person.address);
  await ana1.open(conversation.id);
  await ana.send(conversation.id, { text: "one" });
  const { conversationId: there } = await shown(bo1, says("one"));
  await bo1.open(there);
  bo1.socket.stop();
  const texts = Array.from({ length: 30 }, (_, index) => `while you were away ${index}`);
  const sent: Message[] = [];
  for (const text of texts) sent.push((await ana.send(conversation.id, { text })).message);
  await ana.api.edit(sent[3]!.id, "edited while you were away");
  await ana.api.deleteForEveryone(sent[5]!.id);
  await poll("everything has arrived", async () => {
    const { conversation: theirs } = await bo.api.conversation(there);
    return theirs.lastPosition === 31 && theirs.revision === 1 + 31 + 2;
  });
  const before = bo1.frames.length;
  bo1.socket.start();
  await bo1.inStep();
  expect(bo1.messages(there)).toHaveLength(31);
  expect(bo1.frames.slice(before).map(({ type }) => type)).toEqual(["hello"]);
  await ana1.inStep();
});

test("somebody who is not there, and a server that is away, are told apart", async () => {
  const { ana, bo } = await meet(3);
  const refusal = (code: string) => ({ status: 422, code, field: "address" });
  const nobody = bo.person.address.replace("@bo3@", "@nobody@");
  await expect(ana.api.startConversation(nobody)).rejects.toMatchObject(refusal("address_unknown"));
  await pair.b.server.kill();
  await expect(ana.api.startConversation(bo.person.address)).rejects.toMatchObject(
    refusal("address_unreachable"),
  );
  await pair.b.server.restart();
  const { conversation } = await ana.api.startConversation(bo.person.address);
  expect(conversation.members.map(({ person }) => person.address)).toContain(bo.person.address);
});

import { afterEach, expect, test } from "vitest";
import { startConversation } from "#domain/conversations.ts";
import { nextDue } from "#domain/lanes.ts";
import { deleteMessage, editMessage } from "#domain/messages/change.ts";
import { postMessage } from "#domain/messages/post.ts";
import { findPersonByUri, instanceActor, saveStandIns, type PersonRow } from "#domain/people.ts";
import { readMessage } from "#domain/read.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { HostilePeer, type Answer } from "../../test/hostile-peer.ts";
import { openHome, type Home, type HomeOptions } from "../../test/helpers/home.ts";
import { addActor } from "../../test/helpers/peer-actor.ts";
import { poll } from "../../test/helpers/poll.ts";
import { signingActor } from "./actors.ts";
import { createDocuments } from "./documents.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createRemoteActors } from "./remote-actors.ts";
import { createSigning } from "./sign.ts";
import { transact } from "#domain/transact.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function startPeer(): Promise<HostilePeer> {
  const peer = await HostilePeer.start();
  open.push(peer);
  return peer;
}

interface Sender extends Home {
  readonly ann: PersonRow;
  readonly lanes: Lanes;
  readonly egress: Egress;
  converse(peer: HostilePeer, handle?: string): Promise<ConversationId>;
  say(conversationId: ConversationId, text: string, inReplyTo?: MessageId): Promise<MessageId>;
  /** How each server took a message, once none of them waits any more or `until` holds. */
  states(messageId: MessageId): Promise<{ host: string; state: string; reason: string | null }[]>;
}

async function startSender(peers: readonly HostilePeer[], options: HomeOptions = {}): Promise<Sender> {
  const home = await openHome({ ...options, committed: () => lanes.wake() });
  open.push(home);
  const egress = createEgress({ allowPrivateAddresses: peers.map(({ host }) => host), userAgent: "test" });
  const signing = createSigning(egress);
  const asInstance = async () => signingActor(home.ctx, (await instanceActor(home.ctx)).id);
  const documents = createDocuments({ signing, instanceActor: asInstance, now: home.ctx.now });
  const actors = createRemoteActors(home.ctx, { egress, documents });
  const lanes = createLanes(home.ctx, { signing, actors });
  open.push({ close: () => egress.close() }, { close: () => lanes.stop() });
  const ann = await home.member("ann");
  lanes.start();
  const personId = ann.id;
  return {
    ...home,
    ann,
    lanes,
    egress,
    converse: async (peer, handle = "bo") => {
      const bo = await home.stranger(handle, peer.origin);
      return (await startConversation(home.ctx, { personId, withId: bo.id })).id;
    },
    say: async (conversationId, text, inReplyTo) => {
      const sent = await postMessage(home.ctx, {
        conversationId,
        authorId: personId,
        text,
        ...(inReplyTo === undefined ? {} : { inReplyTo }),
      });
      return sent.message.id;
    },
    states: async (messageId) => {
      const { deliveries } = await readMessage(home.ctx, { personId, messageId });
      return deliveries.map(({ host, state, reason }) => ({ host, state, reason }));
    },
  };
}

const status =
  (code: number): Answer =>
  (_request, response) =>
    void response.writeHead(code).end();

function received(peer: HostilePeer, handle = "bo"): { type: string; object: Record<string, unknown> }[] {
  return peer.requestsFor(`/u/${handle}/inbox`).map(({ body }) => JSON.parse(body.toString()));
}

const contents = (peer: HostilePeer, handle?: string) =>
  received(peer, handle).map(({ object }) => object["content"]);

test("messages arrive in the order in which they were sent, each once, and are shown as accepted", async () => {
  const peer = await startPeer();
  peer.answer("/u/bo/inbox", status(202));
  const sender = await startSender([peer]);
  const conversation = await sender.converse(peer);
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  const ids: MessageId[] = [];
  for (const text of texts) ids.push(await sender.say(conversation, text));
  await poll("all accepted", async () => (await sender.states(ids.at(-1)!))[0]?.state === "accepted");
  expect(contents(peer)).toEqual(texts.map((text) => `<p>${text}</p>`));
  for (const id of ids)
    expect(await sender.states(id)).toEqual([{ host: peer.host, state: "accepted", reason: null }]);
});

test("a delivery is signed by its author's key over the body as it was sent", async () => {
  const peer = await startPeer();
  peer.answer("/u/bo/inbox", status(202));
  const sender = await startSender([peer]);
  await sender.say(await sender.converse(peer), "hello");
  const [request] = await poll("delivered", () => peer.requests.length > 0 && peer.requests);
  expect(request?.headers["signature"]).toContain(
    `keyId="https://a.example/users/${sender.ann.id}#main-key"`,
  );
  expect(request?.headers["content-type"]).toBe("application/activity+json");
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(request!.body)));
  expect(request?.headers["digest"]).toBe(`SHA-256=${digest.toString("base64")}`);
});

test("a message that is refused stays refused, and the next one goes out", async () => {
  const peer = await startPeer();
  let answers = 0;
  peer.answer(
    "/u/bo/inbox",
    (_request, response) => void response.writeHead(answers++ === 0 ? 403 : 202).end(),
  );
  const sender = await startSender([peer]);
  const conversation = await sender.converse(peer);
  const first = await sender.say(conversation, "one");
  const second = await sender.say(conversation, "two");
  await poll("the second accepted", async () => (await sender.states(second))[0]?.state === "accepted");
  expect(await sender.states(first)).toEqual([{ host: peer.host, state: "refused", reason: "http_403" }]);
  expect(contents(peer)).toEqual(["<p>one</p>", "<p>two</p>"]);
});

test("an answer of 500 is tried again with the very same bytes, and what follows waits its turn", async () => {
  const peer = await startPeer();
  let answers = 0;
  peer.answer(
    "/u/bo/inbox",
    (_request, response) => void response.writeHead(answers++ < 2 ? 500 : 202).end(),
  );
  const sender = await startSender([peer]);
  const conversation = await sender.converse(peer);
  const first = await sender.say(conversation, "one");
  const second = await sender.say(conversation, "two");
  await poll("the failure shown", async () => (await sender.states(first))[0]?.reason === "http_500");
  await poll("both accepted", async () => (await sender.states(second))[0]?.state === "accepted");
  expect(contents(peer)).toEqual(["<p>one</p>", "<p>one</p>", "<p>one</p>", "<p>two</p>"]);
  const [bytes, again] = peer.requests.map(({ body }) => body.toString());
  expect(again).toBe(bytes);
  expect((await sender.states(first))[0]?.state).toBe("accepted");
});

test("a server that never answers delays nobody else", async () => {
  const [silent, live] = [await startPeer(), await startPeer()];
  silent.answer("/u/bo/inbox", () => {});
  live.answer("/u/cy/inbox", status(202));
  const sender = await startSender([silent, live]);
  const stuck = await sender.say(await sender.converse(silent), "into the void");
  await poll("the silent one was asked", () => silent.requests.length === 1);
  const conversation = await sender.converse(live, "cy");
  const ids = [await sender.say(conversation, "one"), await sender.say(conversation, "two")];
  await poll("the live one has both", async () => (await sender.states(ids[1]!))[0]?.state === "accepted");
  expect(await sender.states(stuck)).toEqual([{ host: silent.host, state: "waiting", reason: null }]);
  await silent.close(); // or the end of the test would wait for its answer
});

test("more servers that never answer than lanes work at once delay nobody else", async () => {
  const silent = await Promise.all(Array.from({ length: 80 }, startPeer));
  const live = await startPeer();
  for (const peer of silent) peer.answer("/u/bo/inbox", () => {});
  live.answer("/u/cy/inbox", status(202));
  const sender = await startSender([...silent, live]);
  for (const peer of silent) await sender.say(await sender.converse(peer), "into the void");
  const id = await sender.say(await sender.converse(live, "cy"), "hello");
  await poll("the live one has it", async () => (await sender.states(id))[0]?.state === "accepted");
  await poll("all were asked", () => silent.every(({ requests }) => requests.length > 0));
  await Promise.all(silent.map((peer) => peer.close())); // or the end of the test would wait for their answers
});

test("stopping waits for the request that is under way and begins no other", async () => {
  const peer = await startPeer();
  const answer = Promise.withResolvers<void>();
  peer.answer("/u/bo/inbox", async (_request, response) => {
    await answer.promise;
    response.writeHead(202).end();
  });
  const sender = await startSender([peer]);
  const conversation = await sender.converse(peer);
  const ids = [await sender.say(conversation, "one"), await sender.say(conversation, "two")];
  await poll("the first is under way", () => peer.requests.length === 1);
  const stopped = sender.lanes.stop();
  answer.resolve();
  await stopped;
  expect(peer.requests).toHaveLength(1);
  expect((await sender.states(ids[0]!))[0]?.state).toBe("accepted");
  expect((await sender.states(ids[1]!))[0]?.state).toBe("waiting");
});

test("an attempt that was made but not written down is repeated with the same bytes", async () => {
  const peer = await startPeer();
  peer.answer("/u/bo/inbox", status(202));
  let passages = 0;
  let clock = 0;
  const failpoint = async (name: string) => {
    if (name === "after-post-before-mark" && passages++ === 0) throw new Error("failpoint");
  };
  const sender = await startSender([peer], { failpoint, now: () => new Date(Date.now() + clock) });
  const id = await sender.say(await sender.converse(peer), "once");
  await poll("the first attempt", () => passages === 1);
  clock = 10_001; // the lease of the broken attempt is over
  sender.lanes.wake();
  await poll("accepted", async () => (await sender.states(id))[0]?.state === "accepted");
  const [first, second] = peer.requests.map(({ body }) => body.toString());
  expect(second).toBe(first);
  expect(peer.requests).toHaveLength(2);
});

test("a delivery that takes longer than a lease is not made by two workers", async () => {
  const [slow, live] = [await startPeer(), await startPeer()];
  slow.answer("/u/bo/inbox", () => {});
  live.answer("/u/cy/inbox", status(202));
  let clock = 0;
  const sender = await startSender([slow, live], { now: () => new Date(Date.now() + clock) });
  await sender.say(await sender.converse(slow), "slowly");
  await poll("the slow one was asked", () => slow.requests.length === 1);
  const first = await nextDue(sender.ctx);
  const renewed = await poll("the lease is renewed", async () => {
    const due = await nextDue(sender.ctx);
    return due !== null && due > first! && due;
  });
  clock = renewed.getTime() - Date.now() - 500; // the first lease would be over
  const id = await sender.say(await sender.converse(live, "cy"), "meanwhile");
  await poll("others are served", async () => (await sender.states(id))[0]?.state === "accepted");
  expect(slow.requests).toHaveLength(1);
  await slow.close(); // or the end of the test would wait for its answer
});

test("somebody of whom only the address was known is found when something is sent to them", async () => {
  const peer = await startPeer();
  const cy = addActor(peer, "/u/cy");
  peer.answer("/u/cy", (_request, response) => void response.writeHead(503).end());
  peer.answer("/u/cy/inbox", status(202));
  let clock = 0;
  const sender = await startSender([peer], { now: () => new Date(Date.now() + clock) });
  const standIn = { uri: cy.uri, handle: "7", host: peer.host };
  const [person] = await transact(sender.ctx, (tx) => saveStandIns(sender.ctx, tx, [standIn]));
  const conversation = await startConversation(sender.ctx, { personId: sender.ann.id, withId: person!.id });
  const message = await sender.say(conversation.id, "are you there?");
  await poll("tried", async () => (await sender.states(message))[0]?.reason === "recipient_unavailable");
  expect((await sender.states(message))[0]?.state).toBe("waiting");
  cy.publish();
  clock = 3_600_000; // past every pause
  sender.lanes.wake();
  await poll("accepted", async () => (await sender.states(message))[0]?.state === "accepted");
  expect(contents(peer, "cy")).toEqual(["<p>are you there?</p>"]);
  expect(await findPersonByUri(sender.ctx, cy.uri)).toMatchObject({
    id: person!.id,
    handle: "cy",
    inbox: `${cy.uri}/inbox`,
  });
});

test("an edit and a deletion follow what they change", async () => {
  const peer = await startPeer();
  peer.answer("/u/bo/inbox", status(202));
  const sender = await startSender([peer]);
  const id = await sender.say(await sender.converse(peer), "one");
  await poll("sent", () => peer.requests.length === 1);
  await editMessage(sender.ctx, { personId: sender.ann.id, messageId: id, text: "two" });
  await poll("edited", () => peer.requests.length === 2);
  await deleteMessage(sender.ctx, { personId: sender.ann.id, messageId: id });
  await poll("deleted", () => peer.requests.length === 3);
  const [create, update, gone] = received(peer);
  expect([create?.type, update?.type, gone?.type]).toEqual(["Create", "Update", "Delete"]);
  expect(update?.object).toMatchObject({
    id: create?.object["id"],
    content: "<p>two</p>",
    to: create?.object["to"],
  });
  expect(gone?.object).toMatchObject({ id: create?.object["id"], type: "Tombstone", formerType: "Note" });
});

test("a message threads on the newest one that its readers have, and never on a deleted one", async () => {
  const peer = await startPeer();
  peer.answer("/u/bo/inbox", status(202));
  const sender = await startSender([peer]);
  const conversation = await sender.converse(peer);
  const uri = (id: MessageId) => `https://a.example/m/${id}`;
  const first = await sender.say(conversation, "one");
  const second = await sender.say(conversation, "two");
  await sender.say(conversation, "three, to one", first);
  await deleteMessage(sender.ctx, {
    personId: sender.ann.id,
    messageId: await sender.say(conversation, "oops"),
  });
  await sender.say(conversation, "four");
  await poll("all there", () => contents(peer).includes("<p>four</p>"));
  const parents = new Map(received(peer).map(({ object }) => [object["content"], object["inReplyTo"]]));
  expect(parents.get("<p>one</p>")).toBeUndefined();
  expect(parents.get("<p>two</p>")).toBe(uri(first));
  expect(parents.get("<p>three, to one</p>")).toBe(uri(first));
  const three = received(peer).find(({ object }) => object["content"] === "<p>three, to one</p>");
  expect(parents.get("<p>four</p>")).toBe(three?.object["id"]);
  expect(second).not.toBe(first);
});

import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Message } from "#protocol/types.ts";
import { pairEnvironment } from "../../scripts/pair.ts";
import { testCertificates } from "../helpers/certificates.ts";
import type { Client } from "../helpers/client.ts";
import { base } from "../helpers/group-abroad.ts";
import { MastodonPeer } from "../helpers/mastodon-peer.ts";
import type { Status } from "../helpers/mastodon-status.ts";
import { enterAt, saying, type Sites, tellingOf, Trip } from "../helpers/mastodon-trip.ts";
import { poll } from "../helpers/poll.ts";
import { findServerPort, startServer } from "../helpers/server.ts";

// A titled group of three people of a real server and of two whose own server speaks as Mastodon does: it knows private
// mentions, and nothing of groups.

let sites: Sites;
const trips: Trip[] = [];

beforeAll(async () => {
  const certificates = await testCertificates();
  const mastodon = await MastodonPeer.start();
  const port = await findServerPort();
  const env = pairEnvironment({ port, peerPort: port, certificates });
  const server = await startServer({ port, env: { ...env, ALLOW_PRIVATE_ADDRESSES: mastodon.peer.host } });
  const authority = await readFile(certificates.authority, "utf8");
  sites = { server, mastodon, place: { origin: server.origin, authority } };
}, 120_000);

afterEach(() => {
  for (const { live } of trips.splice(0)) live.stop();
});

afterAll(async () => {
  await sites.mastodon.close();
  await sites.server.stop();
});

async function begin(name: string): Promise<Trip> {
  const trip = await Trip.begin({ sites, name });
  trips.push(trip);
  return trip;
}

/** Holds that of a message nothing comes to somebody here. */
async function expectHidden(
  trip: Trip,
  client: Client,
  hidden: { word: string; at: Message },
): Promise<void> {
  const told = await trip.told(client, hidden);
  expect(tellingOf(told, hidden.word)).toEqual([]);
  expect(tellingOf(told, hidden.at.id)).toEqual([]);
}

/** As Mastodon judges: mentioned is exactly whom it is for, nobody follows along. */
function expectDirect({ to, cc, tag }: Status, people: readonly string[]): void {
  expect(to.toSorted()).toEqual(people.toSorted());
  expect(tag.every(({ type }) => type === "Mention")).toBe(true);
  expect(tag.map(({ href }) => href).toSorted()).toEqual(people.toSorted());
  expect(cc).toEqual([]);
}

test("each message reaches them as a private mention, and an answer to all of them lands in the group", async () => {
  const trip = await begin("all");
  const { ann, bo, moa, mia, live } = trip;
  const { message, status } = await trip.says("who comes?");
  const everybody = [...trip.locals.map((client) => trip.as(client).uri), moa.uri, mia.uri];
  for (const { type, actor, object } of moa.heard) {
    expect(type).toBe("Create");
    expectDirect(
      object,
      everybody.filter((uri) => uri !== actor && (object.to.includes(mia.uri) || uri !== mia.uri)),
    );
  }
  const answered = await moa.toots({ text: "me too", inReplyTo: status, mentions: trip.all(status) });
  expect(answered.answers).toEqual([202]);
  for (const client of trip.locals)
    expect(await trip.message(client, "me too")).toMatchObject({
      ...{ authorId: trip.memberId(await trip.group(ann), moa), inReplyTo: message.id },
      ...{ onlyTo: null, alsoTo: [], late: false },
    });
  await poll("bo's session has it", () => live.messages(trip.id).some(saying("me too")));

  const own = { text: "in a thread of its own", inReplyTo: status, ownThread: true };
  const begun = await moa.toots({ ...own, mentions: trip.all(status) });
  const mentions = trip.all(begun.status);
  await moa.toots({ text: "and on", inReplyTo: begun.status, mentions: trip.all(status) });
  await mia.toots({ text: "so do I", inReplyTo: status, mentions: trip.all(status, mia) });
  expect(mentions).not.toContain(moa.acquaintance);
  for (const text of ["in a thread of its own", "and on", "so do I"])
    expect(await trip.message(bo, text)).toMatchObject({ onlyTo: null, alsoTo: [] });
  await live.inStep();
  expect(sites.mastodon.faults).toEqual([]);
});

test("a dropped mention keeps the message from whom it left out, by every way, and says so to the others", async () => {
  const trip = await begin("dropped");
  const { ann, bo, cy, moa, mia, live } = trip;
  const { status } = await trip.says("who comes?");
  const mentions = trip.without(status, trip.as(bo), mia.acquaintance);
  const { status: aside, answers } = await moa.toots({ text: "surprise", inReplyTo: status, mentions });
  expect(answers).toEqual([202]);
  const at = await trip.message(ann, "surprise");
  const addressed = [ann.person.id, cy.person.id].toSorted();
  for (const client of [ann, cy]) {
    const { onlyTo } = await trip.message(client, "surprise");
    expect(onlyTo?.toSorted()).toEqual(addressed);
  }
  const ways = ["around", "chain", "changes", "history", "json", "list", "message", "messages", "search"];
  await poll("cy is told by every way", async () => {
    const telling = tellingOf(await trip.told(cy, { word: "surprise", at }), "surprise");
    return ways.every((way) => telling.includes(way));
  });
  await expectHidden(trip, bo, { word: "surprise", at });

  // An edit that mentions them now does not show it to them either.
  await moa.edits(aside, { text: "surprise party", mentions: trip.all(status) });
  await trip.message(ann, "surprise party");
  const { message: answer } = await trip.ann.send(trip.id, { text: "lovely", inReplyTo: at.id });
  await ann.api.react(at.id, "🔥");
  await trip.message(bo, "lovely");
  // Their server gets one answer for both of them: it neither quotes nor names what one of them was kept from.
  for (const { content, inReplyTo } of [await mia.hears("lovely"), await moa.hears("lovely")])
    expect([content.includes("surprise"), inReplyTo]).toEqual([false, status.id]);
  await poll("bo's session has the answer", () => live.messages(trip.id).some(({ id }) => id === answer.id));
  await live.inStep();
  const told = await trip.told(bo, { word: "surprise", at });
  expect(tellingOf(told, "surprise")).toEqual([]);
  expect(JSON.stringify(live.frames)).not.toContain("surprise");
  expect(mia.heard.map(({ object }) => JSON.stringify(object)).join()).not.toContain("surprise");
});

test("a stranger who is mentioned besides does not come in, and is named", async () => {
  const trip = await begin("added");
  const { ann, moa } = trip;
  const sid = sites.mastodon.add("sid_added");
  const zed = await enterAt(sites, "zed_added");
  const { status } = await trip.says("who comes?");
  const strangers = [sid.acquaintance, await trip.meet(zed.person.address)];
  const mentions = [...trip.all(status), ...strangers];
  const { answers } = await moa.toots({ text: "with friends", inReplyTo: status, mentions });
  expect(answers).toEqual([202]);
  for (const client of trip.locals) {
    const { onlyTo, alsoTo } = await trip.message(client, "with friends");
    expect(onlyTo).toBeNull();
    expect(alsoTo.toSorted()).toEqual(strangers.map(({ address }) => address).toSorted());
  }
  const { conversation } = await trip.group(ann);
  expect(conversation.members).toHaveLength(5);
  await trip.says("and now?");
  const at = await trip.message(ann, "and now?");
  await expectHidden(trip, zed, { word: "now?", at });
  expect(sid.heard).toEqual([]);
  await trip.live.inStep();
});

test("somebody who was removed gets nothing of a thread that goes on mentioning them", async () => {
  const trip = await begin("removed");
  const { ann, bo, cy, moa } = trip;
  const { status } = await trip.says("who comes?");
  await trip.removes(cy.person.id);
  const line = await moa.hears("removed cy_removed");
  expect(line.to).not.toContain(trip.as(cy).uri);
  expect(line.inReplyTo ?? null).toBeNull();
  const { status: later } = await trip.says("now we are four");
  expect(later.to).not.toContain(trip.as(cy).uri);

  const stale = [...trip.all(line), trip.as(cy)];
  const threads = [
    { text: "old thread", inReplyTo: status },
    { text: "answering the line", inReplyTo: line },
    { text: "new thread", inReplyTo: later },
    { text: "thread apart", inReplyTo: later, ownThread: true },
  ];
  for (const thread of threads) {
    expect((await moa.toots({ ...thread, mentions: stale })).answers).toEqual([202]);
    for (const client of [ann, bo])
      expect(await trip.message(client, thread.text)).toMatchObject({
        ...{ conversationId: trip.id, onlyTo: null, alsoTo: [cy.person.address] },
      });
    const at = await trip.message(ann, thread.text);
    await expectHidden(trip, cy, { word: thread.text, at });
  }
  const { answers } = await moa.toots({ text: "cy alone", inReplyTo: later, mentions: [trip.as(cy)] });
  expect(answers).toEqual([403]);
  expect(
    tellingOf(await trip.told(cy, { word: "alone", at: (await trip.messages(ann))[0]! }), "cy alone"),
  ).toEqual([]);
  await trip.live.inStep();
});

test("a thread that has nothing of the group is a conversation of its own people, not the group's", async () => {
  const trip = await begin("apart");
  const { ann, moa } = trip;
  const { status } = await trip.says("who comes?");
  await moa.toots({ text: "something else", mentions: trip.all(status) });
  const { conversation } = await poll("another conversation", async () => {
    const { conversations } = await ann.api.conversations({ state: "accepted" }, null);
    return conversations.find((each) => each.conversation.id !== trip.id);
  });
  expect([conversation.kind, conversation.title, conversation.members.length]).toEqual(["direct", null, 5]);
  expect((await trip.messages(ann)).some(saying("something else"))).toBe(false);
});

test("an answer to the line that tells of a change lands in the group, as an answer to nothing", async () => {
  const trip = await begin("line");
  const { ann, bo, moa } = trip;
  await ann.call("PATCH", `${base}/conversations/${trip.id}`, { title: "Voyage" });
  const line = await moa.hears("named the group “Voyage”");
  const { answers } = await moa.toots({ text: "a better name", inReplyTo: line, mentions: trip.all(line) });
  expect(answers).toEqual([202]);
  for (const client of trip.locals)
    expect(await trip.message(client, "a better name")).toMatchObject({
      ...{ conversationId: trip.id, onlyTo: null, alsoTo: [], inReplyTo: null, notice: null },
    });
  expect((await trip.group(bo)).membership.unread).toBe(1);
  await trip.live.inStep();
});

test("whoever was removed there is refused whatever they answer, and hears and does nothing more", async () => {
  const trip = await begin("gone");
  const { ann, bo, moa, mia } = trip;
  const { message, status } = await trip.says("who comes?");
  await mia.hears("who comes?");
  const own = await mia.toots({ text: "not me", inReplyTo: status, mentions: trip.all(status, mia) });
  await trip.message(ann, "not me");
  await trip.removes(trip.memberId(await trip.group(ann), mia));
  const line = await moa.hears("removed mia_gone");
  const { status: later } = await trip.says("now we are four");
  const before = await trip.messages(bo);

  const mentions = trip.all(status, mia);
  for (const inReplyTo of [status, own.status, line, later])
    expect((await mia.toots({ text: "still here", inReplyTo, mentions })).answers).toEqual([403]);
  const apart = { text: "still here", inReplyTo: later, ownThread: true, mentions };
  expect((await mia.toots(apart)).answers).toEqual([403]);
  await mia.likes(status.id, trip.as(ann));
  await mia.likes(later.id, trip.as(ann));
  await mia.boosts(later.id, trip.as(ann));
  await moa.toots({ text: "the last", inReplyTo: later, mentions: trip.all(later) });
  await trip.message(bo, "the last");
  const after = await trip.messages(bo);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map(({ body }) => body)).toEqual([...before.map(({ body }) => body), { text: "the last" }]);
  expect(after.find(({ id }) => id === message.id)?.reactions).toEqual([]);
  for (const client of trip.locals)
    expect((await client.api.conversations({ state: "request" }, null)).conversations).toEqual([]);
  expect(mia.heard.some(({ object }) => object.content.includes("now we are four"))).toBe(false);
  await trip.live.inStep();
});

test("their edits, deletions and favourites count in the group, and a boost takes nothing out of it", async () => {
  const trip = await begin("deeds");
  const { ann, bo, moa, live } = trip;
  const { message, status } = await trip.says("who comes?");
  const mentions = trip.all(status);
  const { status: said } = await moa.toots({ text: "me", inReplyTo: status, mentions });
  const { id } = await trip.message(bo, "me");
  await moa.edits(said, { text: "not me", mentions });
  expect(await trip.message(bo, "not me")).toMatchObject({ id, editedAt: expect.any(String) as string });

  const moaId = trip.memberId(await trip.group(ann), moa);
  const { like, answer } = await moa.likes(status.id, trip.as(ann));
  expect(answer).toBe(202);
  const reactions = async () => (await bo.api.message(message.id)).message.reactions;
  await poll("bo sees the favourite", async () => (await reactions()).length === 1);
  expect(await reactions()).toEqual([{ emoji: "❤️", url: null, personIds: [moaId] }]);
  expect(await moa.boosts(status.id, trip.as(ann))).toBe(202);
  await moa.undoes(like, trip.as(ann));
  await poll("the favourite is gone", async () => (await reactions()).length === 0);

  await moa.deletes(said, mentions);
  for (const client of trip.locals) {
    const gone = async () => (await client.api.message(id)).message.deletedAt !== null;
    await poll(`it is gone for ${client.person.handle}`, gone);
    expect(tellingOf(await trip.told(client, { word: "not", at: message }), "not me")).toEqual([]);
  }
  await poll("it is gone on bo's screen", () =>
    live.messages(trip.id).some((each) => each.id === id && each.body === null),
  );
  await live.inStep();
});

import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { defaultPreferences } from "#protocol/state.ts";
import { Storage } from "../platform/storage.ts";
import { Drafts } from "./drafts.ts";
import { Outbox } from "./outbox.ts";
import { Scene } from "../../../test/helpers/sync-scene.ts";

test("live changes lead to the state that a fetch shows", async () => {
  const scene = new Scene();
  await scene.open();
  scene.sync.receive(scene.server.post());
  scene.sync.receive(scene.server.edit(1));
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
});

test("whoever chooses other read marks than before starts afresh, with what they chose", async () => {
  const scene = new Scene();
  await scene.open();
  const preferences = { ...defaultPreferences, receipts: false };
  scene.server.preferences = preferences;
  scene.server.number = 1;
  scene.sync.receive({ type: "preferences.changed", number: 1, preferences });
  await scene.until(() => scene.server.requests.filter((path) => path === "/me/own").length === 2);
  await scene.until(() => scene.sync.ready.value);
  expect(scene.store.state.value).toMatchObject({ number: 1, preferences });
  expect(scene.store.conversation("c")?.window).toBeNull();
});

test("a missed change is fetched, and nothing appears twice", async () => {
  const scene = new Scene();
  await scene.open();
  scene.server.post();
  const edited = scene.server.edit(3);
  const last = scene.server.post();
  scene.sync.receive(last);
  scene.sync.receive(edited);
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
});

test("a reconnection brings what was missed into an open conversation without loading it anew", async () => {
  const scene = new Scene();
  await scene.open();
  for (let count = 0; count < 30; count += 1) scene.server.post();
  scene.sync.receive({ type: "hello", generation: "g1", number: 0, time: "2026-03-01T10:00:00.000Z" });
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
  expect(scene.server.requests.filter((name) => name === "/conversations/c/messages")).toHaveLength(1);
});

test("what happens while a page of history travels is not lost", async () => {
  const scene = new Scene();
  scene.server.post();
  scene.sync.start("me");
  await scene.until(() => scene.sync.ready.value);
  scene.server.onTheWay = {
    path: "/conversations/c/messages",
    happen: () => {
      scene.sync.receive(scene.server.post());
      scene.sync.receive(scene.server.edit(1));
    },
  };
  await scene.history.open("c", { kind: "newest" });
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
});

test("a change that comes before the list is there is in the list", async () => {
  const scene = new Scene();
  scene.server.post();
  scene.server.onTheWay = { path: "/conversations", happen: () => scene.sync.receive(scene.server.post()) };
  scene.sync.start("me");
  await scene.until(() => scene.sync.ready.value);
  const last = () => scene.store.conversation("c")?.membership.lastMessage?.id;
  await scene.until(() => last() === "m2");
  expect(last()).toBe("m2");
});

test("another generation starts afresh", async () => {
  const scene = new Scene();
  await scene.open(5);
  scene.server.generation = "g2";
  scene.server.messages = [];
  scene.server.revision = 1;
  scene.server.post();
  scene.sync.receive({ type: "hello", generation: "g2", number: 0, time: "2026-03-01T10:00:00.000Z" });
  await scene.until(() => scene.store.conversation("c")?.conversation.lastPosition === 1);
  await scene.history.open("c", { kind: "newest" });
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
});

test.each(["stale", "cursor_invalid"])(
  "a cursor that is refused as %s starts afresh, and what was not sent stays",
  async (code) => {
    const scene = new Scene();
    await scene.open(5);
    const { api, store, sync } = scene;
    const storage = new Storage(code);
    const outbox = new Outbox({
      api,
      store,
      sync,
      storage,
      now: () => 0,
      after: () => {},
      exclusively: (_name, task) => task(),
      tell: () => {},
    });
    const drafts = new Drafts({ api, store, storage, now: () => 0, after: () => () => {} });
    await Promise.all([outbox.start("me"), drafts.start("me")]);
    scene.server.failing = { path: "/conversations/c/messages", times: 1 };
    await outbox.send({ conversationId: "c", text: "unsent", inReplyTo: null });
    await scene.until(() => outbox.pending.value[0]?.state === "queued");
    await drafts.keep("c", { text: "half", inReplyTo: null });

    scene.server.generation = code === "stale" ? "g2" : "g1";
    if (code === "cursor_invalid") scene.server.refusesCursors = 1;
    scene.server.messages = [];
    scene.server.revision = 1;
    scene.server.post();
    scene.sync.catchUp();
    await scene.until(() => scene.store.conversation("c")?.conversation.lastPosition === 1);
    await scene.history.open("c", { kind: "newest" });
    const [shown, truth] = await scene.compare();
    expect(shown).toEqual(truth);
    expect(scene.later).toEqual([]);
    expect(outbox.pending.value.map(({ text }) => text)).toEqual(["unsent"]);
    expect(drafts.of("c").text).toBe("half");
  },
);

test.each(["accepted", "request"] as const)(
  "the list of conversations that are %s goes on to its end, by itself after a page that failed",
  async (state) => {
    const scene = new Scene();
    scene.server.further[state] = ["d", "e"];
    scene.sync.start("me");
    await scene.until(() => scene.sync.ready.value);
    const other = state === "accepted" ? "request" : "accepted";
    expect(scene.sync.lists.hasMore(other)).toBe(false);
    scene.server.failing = { path: "/conversations", times: 2 };
    await scene.sync.lists.loadMore(state);
    expect(scene.sync.lists.hasMore(state)).toBe(true);
    for (const task of scene.later.splice(0)) task();
    await scene.until(() => scene.later.length === 1);
    for (const task of scene.later.splice(0)) task();
    await scene.until(() => scene.store.conversation("d") !== undefined);
    await scene.sync.lists.loadMore(state);
    expect(scene.sync.lists.hasMore(state)).toBe(false);
    const listed = Object.values(scene.store.state.value.conversations)
      .filter(({ membership }) => membership.state === state)
      .map(({ conversation }) => conversation.id);
    expect(listed).toEqual(expect.arrayContaining(["d", "e"]));
  },
);

test("a page that is asked for twice at once is loaded once", async () => {
  const scene = new Scene();
  scene.server.further["accepted"] = ["d"];
  scene.sync.start("me");
  await scene.until(() => scene.sync.ready.value);
  const before = scene.server.requests.length;
  await Promise.all([scene.sync.lists.loadMore("accepted"), scene.sync.lists.loadMore("accepted")]);
  expect(scene.server.requests.slice(before)).toEqual(["/conversations"]);
});

test("whatever is unread is loaded to the end, however far down the list it stands", async () => {
  const scene = new Scene();
  scene.server.further = { accepted: ["f"], unread: ["d", "e"] };
  scene.server.post();
  scene.sync.start("me");
  await scene.until(() => scene.store.conversation("e") !== undefined);
  expect(scene.store.accepted.value.reduce((sum, { membership }) => sum + membership.unread, 0)).toBe(3);
  expect(scene.store.conversation("f")).toBeUndefined();
});

test("a fetch that fails is repeated", async () => {
  const scene = new Scene();
  await scene.open();
  scene.server.post();
  scene.server.down = true;
  scene.sync.receive(scene.server.post());
  await scene.until(() => scene.later.length > 0);
  scene.server.down = false;
  for (const task of scene.later.splice(0)) task();
  const [shown, truth] = await scene.compare();
  expect(shown).toEqual(truth);
});

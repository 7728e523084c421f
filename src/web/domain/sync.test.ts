import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import type { ConversationPage, ConversationView } from "#protocol/api.ts";
import type { Change } from "#protocol/changes.ts";
import { Api } from "../platform/api.ts";
import { ApiFailure, type Method, Unreachable } from "../platform/http.ts";
import { defaultPreferences } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { Storage } from "../platform/storage.ts";
import { ChatStore } from "./chat-store.ts";
import { Drafts } from "./drafts.ts";
import { History } from "./history.ts";
import { Outbox } from "./outbox.ts";
import { Sync } from "./sync.ts";

const at = "2026-03-01T10:00:00.000Z";

/** One conversation on a server: its log, its numbers, and the requests that were made. */
class Server {
  generation = "g1";
  messages: Message[] = [];
  revision = 1;
  number = 0;
  preferences = defaultPreferences;
  down = false;
  /** Ids of conversations beyond the first page, per list: one page each. */
  further: Record<string, string[]> = { accepted: [], request: [] };
  /** Cursors that are not understood any more. */
  refusesCursors = 0;
  /** Requests of this kind that fail before one succeeds. */
  failing: { path: string; times: number } | null = null;
  readonly requests: string[] = [];
  /** Runs once, while the answer to the next request of this kind travels. */
  onTheWay: { path: string; happen: () => void } | null = null;

  request = async <Answer>(_method: Method, path: string): Promise<Answer> => {
    if (this.down) throw new Unreachable("down");
    const url = new URL(path, "http://a.example");
    const name = url.pathname.replace("/api/chat/v1", "");
    this.requests.push(name);
    if (this.failing?.path === name && this.failing.times > 0) {
      this.failing.times -= 1;
      throw new Unreachable("failing");
    }
    const answer = structuredClone(this.#answer(name, url.searchParams));
    if (this.onTheWay?.path === name) {
      const { happen } = this.onTheWay;
      this.onTheWay = null;
      happen();
    }
    return answer as Answer;
  };

  #answer(name: string, query: URLSearchParams): unknown {
    const { generation, number } = this;
    const after = Number(query.get("after") ?? 0);
    if (name === "/sync") {
      const given = query.get("after");
      const [of, since] = given?.split(" ") ?? [];
      if (given !== null && this.refusesCursors-- > 0)
        throw new ApiFailure(422, { error: "cursor_invalid", field: "after", message: "" });
      if (given !== null && of !== generation)
        throw new ApiFailure(409, { error: "stale", field: "after", message: "" });
      const conversations = given !== null && since !== String(this.revision) ? [this.view] : [];
      return { generation, cursor: `${generation} ${this.revision}`, number, conversations };
    }
    if (name === "/me/own") return { number, relations: [], preferences: this.preferences };
    if (name === "/me/changes") return { changes: [], through: number, more: false };
    if (name === "/conversations") {
      return this.#page(query.get("state") ?? "", query.get("before"));
    }
    if (name === "/conversations/c") return this.view;
    if (name === "/conversations/c/changes") {
      const messages = this.messages.filter(({ revision }) => revision > after);
      const changes = messages.map((message) => this.#change(message));
      return { changes, through: this.revision, more: false, view: this.view };
    }
    if (name === "/conversations/c/messages") {
      return { messages: this.messages, deliveries: {}, saved: [], hasBefore: false, hasAfter: false };
    }
    throw new ApiFailure(404, { error: "not_found", message: "" });
  }

  /** `c` is the first of the accepted ones; each of `further` is a page of its own. */
  #page(state: string, before: string | null): ConversationPage {
    const further = this.further[state] ?? [];
    if (before === null) {
      return { conversations: state === "accepted" ? [this.view] : [], next: further[0] ?? null };
    }
    const view = structuredClone(this.view);
    view.conversation.id = before;
    view.membership = { ...view.membership, conversationId: before, state: state as "accepted" | "request" };
    return { conversations: [view], next: further[further.indexOf(before) + 1] ?? null };
  }

  get view(): ConversationView {
    return {
      conversation: {
        id: "c",
        kind: "direct",
        title: null,
        members: [],
        revision: this.revision,
        lastPosition: this.messages.length,
        createdAt: at,
      },
      membership: {
        conversationId: "c",
        number: 0,
        state: "accepted",
        readPosition: 0,
        unread: this.messages.length,
        receipts: {},
        sharing: { receipts: null, typing: null, presence: null },
        lastMessage: this.messages.at(-1) ?? null,
        activityAt: at,
      },
      deliveries: [],
    };
  }

  post(): Change {
    this.revision += 1;
    const position = this.messages.length + 1;
    const message: Message = {
      id: `m${position}`,
      conversationId: "c",
      authorId: "bob",
      position,
      revision: this.revision,
      sentAt: at,
      receivedAt: at,
      editedAt: null,
      deletedAt: null,
      body: { text: String(position) },
      inReplyTo: null,
      mentions: [],
      forwarded: false,
      pinned: null,
      reactions: [],
      key: null,
    };
    this.messages.push(message);
    return this.#change(message);
  }

  edit(position: number): Change {
    this.revision += 1;
    const old = this.messages[position - 1];
    if (old === undefined) throw new Error("no such message");
    const message = { ...old, revision: this.revision, editedAt: at, body: { text: `${position} edited` } };
    this.messages[position - 1] = message;
    return this.#change(message);
  }

  #change(message: Message): Change {
    const type = message.editedAt === null ? "message.posted" : "message.edited";
    return { type, conversationId: "c", revision: message.revision, message };
  }
}

class Scene {
  readonly server = new Server();
  readonly store = new ChatStore();
  readonly later: (() => void)[] = [];
  readonly api = new Api(this.server.request);
  readonly sync = new Sync({ api: this.api, store: this.store, later: (_ms, task) => this.later.push(task) });
  readonly history = new History({ api: this.api, store: this.store, sync: this.sync });

  async until(condition: () => boolean): Promise<void> {
    await vi.waitUntil(condition, { timeout: 5_000, interval: 2 });
  }

  /** Signed in, with the conversation open. */
  async open(messages = 2): Promise<void> {
    for (let count = 0; count < messages; count += 1) this.server.post();
    this.sync.start("me");
    await this.until(() => this.sync.ready.value);
    await this.history.open("c", { kind: "newest" });
    this.sync.receive({ type: "hello", generation: this.server.generation, number: this.server.number });
  }

  /** What is shown and what the server has, once the one has come as far as the other. */
  async compare(): Promise<[shown: unknown, truth: unknown]> {
    await this.until(() => this.store.conversation("c")?.conversation.revision === this.server.revision);
    const { conversation, membership, window } = this.store.conversation("c") ?? {};
    return [
      { conversation, membership, messages: window?.messages },
      {
        conversation: this.server.view.conversation,
        membership: this.server.view.membership,
        messages: this.server.messages,
      },
    ];
  }
}

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
  scene.sync.receive({ type: "hello", generation: "g1", number: 0 });
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
  scene.sync.receive({ type: "hello", generation: "g2", number: 0 });
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
    const outbox = new Outbox({ api, store, sync, storage, now: () => 0, after: () => {} });
    const drafts = new Drafts(storage);
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
    expect(scene.sync.more[other].value).toBeNull();
    scene.server.failing = { path: "/conversations", times: 2 };
    await scene.sync.loadMore(state);
    expect(scene.sync.more[state].value).toBe("d");
    for (const task of scene.later.splice(0)) task();
    await scene.until(() => scene.later.length === 1);
    for (const task of scene.later.splice(0)) task();
    await scene.until(() => scene.sync.more[state].value === "e");
    await scene.sync.loadMore(state);
    expect(scene.sync.more[state].value).toBeNull();
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
  await Promise.all([scene.sync.loadMore("accepted"), scene.sync.loadMore("accepted")]);
  expect(scene.server.requests.slice(before)).toEqual(["/conversations"]);
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

import { vi } from "vitest";
import type { ConversationPage, ConversationView } from "#protocol/api.ts";
import type { Change } from "#protocol/changes.ts";
import { defaultPreferences } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { Api } from "#web/platform/api.ts";
import { ApiFailure, type Method, Unreachable } from "#web/platform/http.ts";
import { ChatStore } from "#web/domain/chat-store.ts";
import { History } from "#web/domain/history.ts";
import { Sync } from "#web/domain/sync.ts";
import { blankConversation, blankMembership } from "./blank.ts";
import { messageOf } from "./message.ts";

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
  further: Record<string, string[]> = { accepted: [], request: [], unread: [] };
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
    if (name === "/me/own")
      return { number, relations: [], preferences: this.preferences, folders: [], invitations: [] };
    if (name === "/me/changes") return { changes: [], through: number, more: false };
    if (name === "/conversations") {
      return this.#page(query.has("unread") ? "unread" : (query.get("state") ?? ""), query.get("before"));
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
    view.membership = {
      ...view.membership,
      conversationId: before,
      state: state === "request" ? "request" : "accepted",
    };
    return { conversations: [view], next: further[further.indexOf(before) + 1] ?? null };
  }

  get view(): ConversationView {
    return {
      conversation: {
        ...blankConversation,
        revision: this.revision,
        lastPosition: this.messages.length,
        createdAt: at,
      },
      membership: {
        ...blankMembership,
        unread: this.messages.length,
        lastMessage: this.messages.at(-1) ?? null,
        activityAt: at,
      },
      deliveries: [],
      draft: null,
    };
  }

  post(): Change {
    this.revision += 1;
    const position = this.messages.length + 1;
    const message = messageOf({
      id: `m${position}`,
      authorId: "bob",
      position,
      revision: this.revision,
      sentAt: at,
      body: { text: String(position) },
    });
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

/** A client's copy of that server's state, and what keeps it up to date. */
export class Scene {
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
    this.sync.receive({
      type: "hello",
      generation: this.server.generation,
      number: this.server.number,
      time: at,
    });
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

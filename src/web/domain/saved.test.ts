import { expect, test } from "vitest";
import type { ConversationView, SavedPage } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { Api } from "../platform/api.ts";
import { type Method, Unreachable } from "../platform/http.ts";
import { ChatStore } from "./chat-store.ts";
import { SavedList } from "./saved.ts";

const page = (from: number, to: number, next: string | null): SavedPage => ({
  saved: Array.from({ length: to - from }, (_, index) => ({
    savedAt: "",
    message: { ...({} as Message), id: `m${from + index}`, conversationId: `c${from}` },
  })),
  next,
});

/** A list of somebody who keeps three messages of two conversations; only one of these is still theirs. */
function setUp() {
  const store = new ChatStore();
  store.begin("me", 0);
  const asked: string[] = [];
  const server = { down: false };
  const request = async <Answer>(_method: Method, path: string): Promise<Answer> => {
    asked.push(path.replace("/api/chat/v1", ""));
    if (server.down) throw new Unreachable("down");
    if (path.includes("before=further")) return page(2, 3, null) as Answer;
    if (path.includes("/me/saved")) return page(0, 2, "further") as Answer;
    if (!path.includes("c0")) return { conversations: [], next: null } as Answer;
    const conversation = { id: "c0", revision: 1, members: [] };
    const view = { conversation, membership: { lastMessage: null }, deliveries: [] };
    return { conversations: [view], next: null } as unknown as Answer;
  };
  return { list: new SavedList({ api: new Api(request), store }), store, asked, server };
}

const ids = (list: SavedList) => list.messages.value?.map(({ message }) => message.id);

test("pages follow each other until the end, and people are met through their conversations", async () => {
  const { list, store, asked } = setUp();
  await list.load();
  expect(ids(list)).toEqual(["m0", "m1"]);
  expect(store.conversation("c0")?.conversation.id).toBe(
    "c0" satisfies ConversationView["conversation"]["id"],
  );
  await list.more();
  expect(ids(list)).toEqual(["m0", "m1", "m2"]);
  const before = asked.length;
  await list.more();
  expect(asked).toHaveLength(before);
});

test("a failure is told, and gone after the next success", async () => {
  const { list, server } = setUp();
  server.down = true;
  await list.load();
  expect(list.failure.value).toBeInstanceOf(Unreachable);
  expect(list.messages.value).toBeNull();
  server.down = false;
  await list.load();
  expect(list.failure.value).toBeNull();
  expect(ids(list)).toEqual(["m0", "m1"]);
});

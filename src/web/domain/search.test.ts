import { expect, test } from "vitest";
import type { ConversationView, SearchPage } from "#protocol/api.ts";
import { Unreachable } from "../platform/http.ts";
import { messageOf } from "../../../test/helpers/message.ts";
import { ChatStore } from "./chat-store.ts";
import { Search } from "./search.ts";

/** A search whose answers come when they are let go. */
function setUp() {
  const store = new ChatStore();
  store.begin("me", 0);
  const asked: { url: URL; answer: (page: SearchPage) => void; fail: (error: unknown) => void }[] = [];
  const request = <Answer>(_method: string, path: string) =>
    new Promise<Answer>((resolve, reject) => {
      const answer = (page: SearchPage) => resolve(page as Answer);
      asked.push({ url: new URL(path, "http://x"), answer, fail: reject });
    });
  const met: (readonly string[])[] = [];
  const conversationsOf = async (ids: readonly string[]) => {
    met.push(ids);
    const conversations = ids.map((id) => ({
      conversation: { id, revision: 1, members: [] },
      membership: { lastMessage: null },
    }));
    return { conversations: conversations as unknown as ConversationView[], next: null };
  };
  const search = new Search({ api: { request, conversationsOf }, store, zone: "Europe/Paris" });
  return { search, store, asked, met };
}

const page = (next: string | null, ...ids: string[]): SearchPage => ({
  results: ids.map((id, index) => {
    return {
      message: messageOf({ id, authorId: "bob", position: index, conversationId: `far ${id}` }),
      highlights: [],
    };
  }),
  next,
});
const ids = (search: Search) => search.results.value?.map(({ message }) => message.id);

test("pages follow each other, conversations beyond the list are met by one question, and the count is that of the first page", async () => {
  const { search, store, asked, met } = setUp();
  search.typed.value = "lamp ";
  const looking = search.look();
  expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({
    q: "lamp ",
    tz: "Europe/Paris",
    limit: "30",
  });
  asked[0]!.answer(page("further", "a", "b"));
  await looking;
  expect(store.conversation("far a")).toBeDefined();
  expect(met).toEqual([["far a", "far b"]]);
  const more = search.more();
  expect(asked[1]!.url.searchParams.get("before")).toBe("further");
  asked[1]!.answer(page(null, "c"));
  await more;
  expect(ids(search)).toEqual(["a", "b", "c"]);
  expect(search.first.value).toEqual({ count: 2, more: true });
  await search.more();
  expect(asked).toHaveLength(2);
});

test("only the answer to what is typed now counts", async () => {
  const { search, asked } = setUp();
  search.typed.value = "la";
  const before = search.look();
  search.typed.value = "lamp";
  const after = search.look();
  asked[1]!.answer(page(null, "new"));
  await after;
  asked[0]!.answer(page(null, "old"));
  await before;
  expect(ids(search)).toEqual(["new"]);
  search.typed.value = " ";
  await search.look();
  expect(search.results.value).toBeNull();
});

test("where to look is another search, and coming back to the same place is none", async () => {
  const { search, asked } = setUp();
  search.typed.value = "lamp";
  search.begin("c1", false);
  expect(asked[0]!.url.searchParams.get("conversation")).toBe("c1");
  search.begin("c1", false);
  expect(asked).toHaveLength(1);
  search.begin("c1", true);
  expect(asked[1]!.url.searchParams.get("conversation")).toBeNull();
});

test("a failure is told, and the same can be asked again", async () => {
  const { search, asked } = setUp();
  search.typed.value = "lamp";
  const looking = search.look();
  asked[0]!.fail(new Unreachable("down"));
  await looking;
  expect(search.failure.value).toBeInstanceOf(Unreachable);
  expect(search.busy.value).toBe(false);
  const again = search.again();
  asked[1]!.answer(page(null, "a"));
  await again;
  expect([search.failure.value, ids(search)]).toEqual([null, ["a"]]);
});

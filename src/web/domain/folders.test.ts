import { expect, test, vi } from "vitest";
import type { Folder } from "#protocol/types.ts";
import type { MembershipChange } from "../platform/api.ts";
import { Arranging } from "./arranging.ts";
import { ChatStore } from "./chat-store.ts";
import { placeAt, placeFolder } from "./folders.ts";

const folders = ["a", "b", "c"].map((id, rank): Folder => ({ id, name: id, rank }));
const order = (some: readonly Folder[]) => some.map(({ id, rank }) => `${id}${rank}`).join(" ");

test("a folder goes to its place among the others, and no further than the ends", () => {
  expect(order(placeFolder(folders, "a", 1))).toBe("b0 a1 c2");
  expect(order(placeFolder(folders, "c", 0))).toBe("c0 a1 b2");
  expect(order(placeFolder(folders, "b", 7))).toBe("a0 c1 b2");
});

test("what is dragged lies below those whose middles it has passed", () => {
  expect([5, 25, 45].map((height) => placeAt(height, [20, 40]))).toEqual([0, 1, 2]);
});

/** Three folders, and a server that answers when it is told to. */
function setUp() {
  const store = new ChatStore();
  store.begin("me", 0);
  store.update((state) => ({ ...state, folders }));
  const asked: { rank: number | undefined; answer: () => void; refuse: () => void }[] = [];
  const never = () => Promise.reject(new Error("not asked for"));
  const arranging = new Arranging({
    api: {
      changeFolder: (id: string, { rank }: { rank?: number }) =>
        new Promise<Folder>((resolve, reject) => {
          const answer = () => resolve({ id, name: id, rank: rank ?? 0 });
          asked.push({ rank, answer, refuse: () => reject(new Error("no")) });
        }),
      changeMembership: (_id: string, _change: MembershipChange) => never(),
      read: never,
      readAll: never,
      createFolder: never,
      deleteFolder: never,
    },
    store,
    sync: { catchUp: () => {} },
    now: () => 0,
  });
  return { store, asked, arranging, shown: () => order(store.state.value.folders) };
}

test("a folder that is moved stands there at once, and each place is told after the one before it", async () => {
  const { arranging, asked, shown } = setUp();
  const moves = [arranging.moveFolder("a", 1), arranging.moveFolder("a", 2)];
  expect(shown()).toBe("b0 c1 a2");
  await Promise.resolve();
  expect(asked.map(({ rank }) => rank)).toEqual([1]);
  asked[0]?.answer();
  await moves[0];
  await vi.waitFor(() => expect(asked.map(({ rank }) => rank)).toEqual([1, 2]));
  asked[1]?.answer();
  await moves[1];
  expect(shown()).toBe("b0 c1 a2");
});

test("a place that the server refuses is taken back, and the next one is still told", async () => {
  const { arranging, asked, shown } = setUp();
  const refused = arranging.moveFolder("a", 2);
  await Promise.resolve();
  asked[0]?.refuse();
  await expect(refused).rejects.toThrow("no");
  expect(shown()).toBe("a0 b1 c2");
  const moved = arranging.moveFolder("c", 0);
  await Promise.resolve();
  asked[1]?.answer();
  await moved;
  expect(shown()).toBe("c0 a1 b2");
});

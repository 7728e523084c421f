import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import type { Draft } from "#protocol/types.ts";
import { blankConversation, blankMembership } from "../../../test/helpers/blank.ts";
import { ApiFailure, Unreachable } from "../platform/http.ts";
import { Storage } from "../platform/storage.ts";
import { ChatStore } from "./chat-store.ts";
import { Drafts } from "./drafts.ts";

/** Drafts of one browser, on a server that keeps one per conversation and fails as it is told. */
class Scene {
  now = Date.parse("2026-03-01T10:00:00.000Z");
  readonly asked: string[] = [];
  readonly timers = new Set<() => void>();
  readonly store = new ChatStore();
  failure: Error | null = null;
  readonly drafts: Drafts;

  constructor(storage: Storage) {
    this.store.begin("me", 0);
    this.store.update((state) => ({
      ...state,
      conversations: {
        c: {
          conversation: blankConversation,
          membership: blankMembership,
          window: null,
          deliveries: {},
          saved: [],
          draft: null,
        },
      },
    }));
    const answer = <Answer>(name: string, value: Answer): Promise<Answer> => {
      if (this.failure !== null) return Promise.reject(this.failure);
      this.asked.push(name);
      return Promise.resolve(value);
    };
    this.drafts = new Drafts({
      api: {
        keepDraft: (_id, words) => answer(words.text, this.draft(words.text)),
        dropDraft: () => answer("dropped", undefined),
      },
      store: this.store,
      storage,
      now: () => this.now,
      after: (_milliseconds, task) => {
        this.timers.add(task);
        return () => void this.timers.delete(task);
      },
    });
  }

  draft(text: string, later = 0): Draft {
    const changedAt = new Date(this.now + later).toISOString();
    return { conversationId: "c", text, inReplyTo: null, changedAt };
  }

  /** Lets time pass, and what was begun end. */
  async pass(): Promise<void> {
    const due = [...this.timers];
    this.timers.clear();
    for (const task of due) task();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  }

  write(text: string): Promise<void> {
    return this.drafts.keep("c", { text, inReplyTo: null });
  }
}

async function begin(name: string) {
  const scene = new Scene(new Storage(name));
  await scene.drafts.start("me");
  return scene;
}

test("the server is told once after a pause, and what came from another session is shown then", async () => {
  const scene = await begin("pause");
  for (const text of ["h", "ha", "half"]) await scene.write(text);
  expect(scene.asked).toEqual([]);
  await scene.pass();
  expect(scene.asked).toEqual(["half"]);
  scene.store.keepDraft("c", scene.draft("from elsewhere", 5_000));
  expect(scene.drafts.of("c").text).toBe("from elsewhere");
});

test("what is being written is not replaced by what was written before it elsewhere", async () => {
  const scene = await begin("before");
  scene.store.keepDraft("c", scene.draft("from elsewhere", -5_000));
  await scene.write("mine");
  expect(scene.drafts.of("c").text).toBe("mine");
});

test("a draft that could not be told is told after the next start, and an emptied one is thrown away", async () => {
  const first = await begin("again");
  first.failure = new Unreachable("down");
  await first.write("half");
  await first.pass();
  const second = new Scene(new Storage("again"));
  await second.drafts.start("me");
  expect(second.drafts.of("c").text).toBe("half");
  second.drafts.flush();
  await second.pass();
  await second.write("");
  await second.pass();
  expect(second.asked).toEqual(["half", "dropped"]);
  expect(await new Storage("again").drafts("me")).toEqual([]);
});

test("a server with another past is told again what it was told before", async () => {
  const scene = await begin("past");
  await scene.write("half");
  await scene.pass();
  scene.drafts.retell();
  await scene.drafts.settled();
  scene.drafts.flush();
  await scene.pass();
  expect(scene.asked).toEqual(["half", "half"]);
});

test("where the server keeps nothing, a draft stays in this browser", async () => {
  const scene = await begin("refused");
  scene.failure = new ApiFailure(404, { error: "not_found", message: "" });
  await scene.write("half");
  await scene.pass();
  expect(scene.timers.size).toBe(0);
  expect((await new Storage("refused").drafts("me")).map(({ text }) => text)).toEqual(["half"]);
});

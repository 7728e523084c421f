import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import type { Sent } from "#protocol/api.ts";
import type { NewMessage } from "../platform/api.ts";
import { ApiFailure, TooManyTries, Unreachable } from "../platform/http.ts";
import { Storage } from "../platform/storage.ts";
import { ChatStore } from "./chat-store.ts";
import { Outbox } from "./outbox.ts";
import { messageOf } from "../../../test/helpers/message.ts";

const conversationId = "c";

/** An outbox on a server that keeps one message per key, and fails as it is told. */
class Scene {
  readonly stored = new Map<string, string>();
  readonly calls: string[] = [];
  readonly timers: (() => void)[] = [];
  /** For how many milliseconds each timer was set. */
  readonly waits: number[] = [];
  now = 0;
  failure: Error | null = null;
  /** The server takes the message, and the answer is lost. */
  losesAnswers = false;
  readonly storage: Storage;
  readonly outbox: Outbox;

  constructor(name: string) {
    this.storage = new Storage(name);
    const store = new ChatStore();
    store.begin("me", 0);
    this.outbox = new Outbox({
      api: { send: (_id, message) => this.#send(message) },
      store,
      sync: { want: () => {} },
      storage: this.storage,
      now: () => this.now,
      after: (milliseconds, task) => {
        this.waits.push(milliseconds);
        this.timers.push(task);
      },
      exclusively: (_name, task) => task(),
      tell: () => {},
    });
  }

  async #send(message: NewMessage): Promise<Sent> {
    const { key } = message;
    const text = "text" in message ? message.text : `passed on: ${message.forward}`;
    this.calls.push(text);
    if (this.failure !== null) throw this.failure;
    if (!this.stored.has(key)) this.stored.set(key, text);
    if (this.losesAnswers) throw new Unreachable("lost");
    return {
      message: messageOf({
        id: key,
        conversationId,
        authorId: "me",
        position: this.stored.size,
        body: { text },
        key,
      }),
      deliveries: [],
    };
  }

  write(text: string): Promise<void> {
    return this.outbox.send({ conversationId, text, inReplyTo: null });
  }

  states(): string[] {
    return this.outbox.pending.value.map(({ text, state }) => `${text}: ${state}`);
  }

  async until(condition: () => boolean): Promise<void> {
    await vi.waitUntil(condition, { timeout: 5_000, interval: 2 });
  }

  /** What waits for its next attempt, makes it. */
  wake(): void {
    for (const task of this.timers.splice(0)) task();
  }
}

async function begin(name: string): Promise<Scene> {
  const scene = new Scene(name);
  await scene.outbox.start("me");
  return scene;
}

test("messages are sent in the order in which they were written", async () => {
  const scene = await begin("order");
  await Promise.all(["one", "two", "three"].map((text) => scene.write(text)));
  await scene.until(() => scene.outbox.pending.value.length === 0);
  expect([...scene.stored.values()]).toEqual(["one", "two", "three"]);
});

test("a repeated attempt after a lost answer makes no second message", async () => {
  const scene = await begin("repeat");
  scene.losesAnswers = true;
  await scene.write("hello");
  await scene.until(() => scene.timers.length === 1);
  expect(scene.states()).toEqual(["hello: queued"]);
  scene.losesAnswers = false;
  scene.wake();
  await scene.until(() => scene.outbox.pending.value.length === 0);
  expect(scene.calls).toEqual(["hello", "hello"]);
  expect([...scene.stored.values()]).toEqual(["hello"]);
});

test("what could not be sent survives a reload, and is sent in order then", async () => {
  const before = await begin("reload");
  before.failure = new Unreachable("offline");
  await before.write("one");
  await before.write("two");
  await before.until(() => before.timers.length === 1);
  await before.storage.close();
  const after = await begin("reload");
  await after.until(() => after.outbox.pending.value.length === 0);
  expect([...after.stored.values()]).toEqual(["one", "two"]);
  expect(await after.storage.unsent("me")).toEqual([]);
});

test("where the server asks for patience, nothing is sent before its time, whatever happens meanwhile", async () => {
  const scene = await begin("patience");
  scene.failure = new TooManyTries(30);
  await scene.write("one");
  await scene.until(() => scene.timers.length === 1);
  expect(scene.waits).toEqual([30_000]);
  scene.failure = null;
  scene.now = 10_000;
  await scene.write("two");
  scene.outbox.flush();
  expect(scene.states()).toEqual(["one: queued", "two: queued"]);
  expect(scene.calls).toEqual(["one"]);
  scene.now = 30_000;
  scene.wake();
  await scene.until(() => scene.outbox.pending.value.length === 0);
  expect(scene.calls).toEqual(["one", "one", "two"]);
});

test("a refused message says why, lets later ones pass, and goes again with the same key", async () => {
  const scene = await begin("refused");
  scene.failure = new ApiFailure(422, { error: "too_long", message: "" });
  await scene.write("long");
  await scene.until(() => scene.states().includes("long: failed"));
  const key = scene.outbox.pending.value[0]?.key ?? "";
  expect(scene.outbox.pending.value[0]?.refusal).toBe("too_long");
  scene.failure = null;
  await scene.write("short");
  await scene.until(() => scene.stored.size === 1);
  await scene.outbox.retry(key);
  await scene.until(() => scene.outbox.pending.value.length === 0);
  expect(scene.stored.get(key)).toBe("long");
});

test("a discarded message is forgotten, also after a reload", async () => {
  const scene = await begin("discard");
  scene.failure = new ApiFailure(403, { error: "not_member", message: "" });
  await scene.write("never mind");
  await scene.until(() => scene.states().includes("never mind: failed"));
  await scene.outbox.discard(scene.outbox.pending.value[0]?.key ?? "");
  expect(await scene.storage.unsent("me")).toEqual([]);
});

test("a person sees nothing of what another one left unsent in the same browser", async () => {
  const scene = await begin("persons");
  scene.failure = new Unreachable("offline");
  await scene.write("mine");
  await scene.until(() => scene.timers.length === 1);
  scene.outbox.stop();
  await scene.outbox.start("somebody else");
  expect(scene.outbox.pending.value).toEqual([]);
});

test("a message that is passed on is sent by its id, and shows its words meanwhile", async () => {
  const scene = await begin("forward");
  scene.failure = new Unreachable("offline");
  await scene.outbox.send({ conversationId, text: "their words", inReplyTo: null, forward: "m1" });
  await scene.until(() => scene.timers.length === 1);
  expect(scene.states()).toEqual(["their words: queued"]);
  scene.failure = null;
  scene.timers[0]?.();
  await scene.until(() => scene.outbox.pending.value.length === 0);
  expect(scene.calls.at(-1)).toBe("passed on: m1");
});

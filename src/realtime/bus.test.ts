import { expect, test } from "vitest";
import type { DomainEvent } from "#domain/events.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { joinBus, packEvents, type Transport, type Told } from "./bus.ts";

/** A medium that nodes share in this process. */
function createMedium() {
  const hearers: ((text: string) => void)[] = [];
  const texts: string[] = [];
  const transport: Transport = {
    send: async (text) => {
      texts.push(text);
      for (const hear of hearers) hear(text);
    },
    listen: async (hear) => void hearers.push(hear),
  };
  return { transport, texts };
}

function read(number: number, conversation = "c"): DomainEvent {
  return {
    name: "membership.changed",
    personId: "p" as PersonId,
    conversationId: conversation as ConversationId,
    number,
    meets: false,
  };
}

function nameOf(told: Told): string {
  return "signal" in told ? told.signal : told.name;
}

const quiet = { resumed: () => {}, failed: () => {} };

test("every node hears an event once, the one that told it included", async () => {
  const { transport } = createMedium();
  const heard: string[] = [];
  const join = (name: string) =>
    joinBus({ ...quiet, transport, handle: async (told) => void heard.push(`${name} ${nameOf(told)}`) });
  const [one, two] = [await join("one"), await join("two")];
  one.publish([read(1)]);
  await Promise.all([one.flush(), two.flush()]);
  expect(heard.toSorted()).toEqual(["one membership.changed", "two membership.changed"]);
});

test("a signal is heard beside events by every node, and only the one that gave it calls it its own", async () => {
  const { transport } = createMedium();
  const heard: string[] = [];
  const join = (name: string) =>
    joinBus({
      ...quiet,
      transport,
      handle: async (told, isOwn) => void heard.push(`${name} ${nameOf(told)} ${isOwn}`),
    });
  const [one, two] = [await join("one"), await join("two")];
  one.publish([{ signal: "alive", node: "one" }]);
  await Promise.all([one.flush(), two.flush()]);
  expect(heard.toSorted()).toEqual(["one alive true", "two alive false"]);
});

test("one conversation's events are handled in their order, and do not wait for another's", async () => {
  const { transport } = createMedium();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const done: string[] = [];
  const bus = await joinBus({
    ...quiet,
    transport,
    handle: async (event) => {
      if (!("name" in event) || event.name !== "membership.changed") return;
      if (event.number === 1) await gate;
      done.push(`${event.conversationId}${event.number}`);
    },
  });
  bus.publish([read(1), read(2), read(3, "d")]);
  await Promise.resolve();
  open();
  await bus.flush();
  expect(done.indexOf("c1")).toBeLessThan(done.indexOf("c2"));
  expect(done.indexOf("d3")).toBeLessThan(done.indexOf("c2"));
});

test("many events travel in few texts, none above what PostgreSQL carries", async () => {
  const { transport, texts } = createMedium();
  const bus = await joinBus({ ...quiet, transport, handle: async () => {} });
  bus.publish(Array.from({ length: 500 }, (_, number) => read(number)));
  await bus.flush();
  expect(texts.length).toBeLessThan(20);
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000);
  const events = texts.flatMap((text) => (JSON.parse(text) as { events: DomainEvent[] }).events);
  expect(events).toHaveLength(500);
  expect(packEvents("x", [])).toEqual([]);
});

test("what is no word of ours is reported, and an event that fails does not stop the next", async () => {
  const { transport } = createMedium();
  const failures: unknown[] = [];
  const handled: number[] = [];
  const bus = await joinBus({
    transport,
    resumed: () => {},
    failed: (error) => failures.push(error),
    handle: async (event) => {
      if (!("number" in event)) return;
      if (event.number === 1) throw new Error("broken");
      handled.push(event.number);
    },
  });
  for (const text of ["", "null", "[]", '{"from":1}']) await transport.send(text);
  bus.publish([read(1), read(2)]);
  await bus.flush();
  expect(failures).toHaveLength(5);
  expect(handled).toEqual([2]);
});

test("an event for a thousand people reaches every node, in payloads that PostgreSQL takes", async () => {
  const { transport, texts } = createMedium();
  const to = Array.from({ length: 1000 }, () => crypto.randomUUID() as PersonId);
  const heard: PersonId[] = [];
  const handle = async (told: Told) => void ("to" in told && heard.push(...told.to));
  const [one, two] = [
    await joinBus({ ...quiet, transport, handle: async () => {} }),
    await joinBus({ ...quiet, transport, handle }),
  ];
  const place = { conversationId: crypto.randomUUID() as ConversationId, revision: 2 ** 40 };
  const messageId = crypto.randomUUID() as MessageId;
  one.publish([{ name: "message.posted", ...place, messageId, to, leaves: true }]);
  await Promise.all([one.flush(), two.flush()]);
  expect(heard).toEqual(to);
  expect(Math.max(...texts.map((text) => Buffer.byteLength(text)))).toBeLessThan(7_900);
});

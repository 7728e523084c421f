import type { DomainEvent } from "#domain/events.ts";
import type { Signal } from "#domain/signals.ts";

/** What nodes tell each other: what happened, and what is never stored. */
export type Told = DomainEvent | Signal;

/** Carries texts between the nodes of one server; a node hears its own too. */
export interface Transport {
  /** At most 7,900 bytes. */
  send(text: string): Promise<void>;
  /** `resumed` is called when hearing was interrupted: what was said meanwhile is lost. */
  listen(hear: (text: string) => void, resumed: () => void): Promise<void>;
}

export interface Bus {
  /** Tells every node what happened; this one at once. */
  publish(told: readonly Told[]): void;
  /** Waits until everything published so far was handed on. */
  flush(): Promise<void>;
}

export interface BusOptions {
  transport: Transport;
  /**
   * Runs what follows; the bus keeps the order of what concerns one conversation, or one person. `isOwn`: it was this node
   * that published it.
   */
  handle: (told: Told, isOwn: boolean) => Promise<void>;
  /** Called when other nodes could not be heard for a while: clients must come back and catch up. */
  resumed: () => void;
  /** Told of what went wrong; live push is a hint, so nothing is retried. */
  failed: (error: unknown, told: Told | null) => void;
}

const PAYLOAD_BYTES = 7_900;
/** Ids, of 39 bytes each, that leave room for the rest of an event. */
const PEOPLE = 150;

/** Joins this node to the others. Events of one conversation are handled in their order. */
export async function joinBus(options: BusOptions): Promise<Bus> {
  const node = crypto.randomUUID();
  const queues = new Map<string, Promise<void>>();
  const outbox: string[] = [];
  let sending: Promise<void> | null = null;

  const handle = (told: Told, isOwn: boolean): void => {
    const key = queueOf(told);
    const before = queues.get(key) ?? Promise.resolve();
    const done = before
      .then(() => options.handle(told, isOwn))
      .catch((error: unknown) => options.failed(error, told));
    queues.set(key, done);
    void done.then(() => queues.get(key) === done && queues.delete(key));
  };
  const drain = async (): Promise<void> => {
    while (outbox.length > 0) {
      const text = pack(node, outbox);
      await options.transport.send(text).catch((error: unknown) => options.failed(error, null));
    }
    sending = null;
  };
  await options.transport.listen((text) => {
    const packed = unpack(text);
    if (packed === null) return options.failed(new Error("a text on the bus is not ours"), null);
    if (packed.from !== node) for (const told of packed.told) handle(told, false);
  }, options.resumed);
  return {
    publish: (told) => {
      for (const one of told) {
        handle(one, true);
        outbox.push(...textsOf(one));
      }
      sending ??= drain();
    },
    flush: async () => {
      while (queues.size > 0 || sending !== null) await Promise.all([...queues.values(), sending]);
    },
  };
}

/** The texts that carry some events, for a process that only speaks. */
export function packEvents(node: string, events: readonly DomainEvent[]): string[] {
  const waiting = events.flatMap(textsOf);
  const texts: string[] = [];
  while (waiting.length > 0) texts.push(pack(node, waiting));
  return texts;
}

/** An event for more people than one payload carries travels in parts, each for some of them. */
function textsOf(told: Told): string[] {
  if (!("to" in told) || told.to.length <= PEOPLE) return [JSON.stringify(told)];
  const parts = Array.from({ length: Math.ceil(told.to.length / PEOPLE) }, (_, part) =>
    told.to.slice(part * PEOPLE, (part + 1) * PEOPLE),
  );
  return parts.map((to) => JSON.stringify({ ...told, to }));
}

/** As many waiting events as one payload carries: under load many travel in one. */
function pack(node: string, outbox: string[]): string {
  const head = `{"from":"${node}","events":[`;
  let text = head + outbox.shift()!;
  while (outbox.length > 0 && text.length + outbox[0]!.length + 3 <= PAYLOAD_BYTES)
    text += `,${outbox.shift()!}`;
  return `${text}]}`;
}

/** Reads what a node sent; anybody who may use the database can write on the channel, so it may be anything. */
function unpack(text: string): { from: string; told: Told[] } | null {
  try {
    const { from, events } = JSON.parse(text) as { from?: unknown; events?: unknown };
    return typeof from === "string" && Array.isArray(events) ? { from, told: events as Told[] } : null;
  } catch {
    return null;
  }
}

function queueOf(told: Told): string {
  if ("conversationId" in told) return told.conversationId;
  if ("personId" in told) return told.personId;
  if ("node" in told) return told.node;
  return "signal" in told ? told.signal : told.name;
}

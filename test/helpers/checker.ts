import { ApiFailure, Unreachable } from "#web/platform/http.ts";

/** How a send ended for its sender: `ok` was acknowledged, `fail` was refused, `unknown` may have happened or not. */
export type Outcome = "ok" | "fail" | "unknown";

/** One attempt to say something. Times are milliseconds of one clock. */
export interface Send {
  /** The author's address. */
  readonly author: string;
  /** The server that was asked. */
  readonly server: string;
  /** What was said; no two sends of a history say the same. */
  readonly text: string;
  readonly invokedAt: number;
  readonly settledAt: number;
  readonly outcome: Outcome;
}

/** What one session showed of the conversation after everything had come to rest. */
export interface Reading {
  readonly reader: string;
  readonly server: string;
  /** In the order of display. */
  readonly messages: readonly { readonly author: string; readonly text: string; readonly position: number }[];
}

export interface Violation {
  readonly kind: "lost" | "doubled" | "reordered" | "invented" | "refused" | "torn" | "gap" | "disagreement";
  readonly reader: string;
  readonly text: string;
}

/** Gathers what was tried and how it ended. */
export class Attempts {
  readonly sends: Send[] = [];

  /** Runs a send and notes its outcome; an error that is neither a refusal nor a broken connection is thrown. */
  async note(said: Pick<Send, "author" | "server" | "text">, work: () => Promise<unknown>): Promise<Outcome> {
    const invokedAt = performance.now();
    const outcome = await work().then(() => "ok" as const, outcomeOf);
    this.sends.push({ ...said, invokedAt, settledAt: performance.now(), outcome });
    return outcome;
  }

  /** How many sends to a server ended like this so far. */
  count(server: string, outcome: Outcome): number {
    return this.sends.filter((send) => send.server === server && send.outcome === outcome).length;
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ApiFailure) return "fail";
  if (error instanceof Unreachable) return "unknown";
  throw error;
}

/**
 * Holds a history against what was read of one conversation, in the manner of Jepsen: every acknowledged send is there
 * exactly once for every reader, unknown ones are there for all or for none, nothing else is; positions are gapless; the
 * readers of a server agree; what was acknowledged before another send began precedes it; and other servers keep the order
 * that each author's own server gave.
 */
export function check(sends: readonly Send[], readings: readonly Reading[]): Violation[] {
  return [
    ...readings.flatMap((reading) => [...checkContents(sends, reading), ...checkPositions(reading)]),
    ...checkEverywhere(sends, readings),
    ...checkAgreement(readings),
    ...readings.flatMap((reading) => checkTimes(sends, reading)),
    ...checkOrders(sends, readings),
  ];
}

function checkContents(sends: readonly Send[], { reader, messages }: Reading): Violation[] {
  const found: Violation[] = [];
  const known = new Map(sends.map((send) => [send.text, send]));
  const times = countBy(messages.map(({ text }) => text));
  for (const { text, author } of messages) {
    const send = known.get(text);
    if (send === undefined || send.author !== author) found.push({ kind: "invented", reader, text });
  }
  for (const [text, count] of times) if (count > 1) found.push({ kind: "doubled", reader, text });
  for (const { text, outcome } of sends) {
    if (outcome === "ok" && !times.has(text)) found.push({ kind: "lost", reader, text });
    if (outcome === "fail" && times.has(text)) found.push({ kind: "refused", reader, text });
  }
  return found;
}

function checkPositions({ reader, messages }: Reading): Violation[] {
  return messages.flatMap(({ text, position }, index) =>
    position === index + 1 ? [] : [{ kind: "gap" as const, reader, text }],
  );
}

/** A send of unknown outcome happened or did not; it cannot have happened for some. */
function checkEverywhere(sends: readonly Send[], readings: readonly Reading[]): Violation[] {
  const unknown = sends.filter(({ outcome }) => outcome === "unknown");
  return unknown.flatMap(({ text }) => {
    const without = readings.filter(({ messages }) => !messages.some((message) => message.text === text));
    if (without.length === 0 || without.length === readings.length) return [];
    return without.map(({ reader }) => ({ kind: "torn" as const, reader, text }));
  });
}

function checkAgreement(readings: readonly Reading[]): Violation[] {
  const firsts = new Map<string, Reading>();
  return readings.flatMap((reading) => {
    const first = firsts.get(reading.server) ?? reading;
    firsts.set(reading.server, first);
    const at = reading.messages.findIndex(({ text }, index) => first.messages[index]?.text !== text);
    const isShorter = reading.messages.length < first.messages.length;
    if (at < 0 && !isShorter) return [];
    const text = (at < 0 ? first.messages[reading.messages.length] : reading.messages[at])?.text ?? "";
    return [{ kind: "disagreement" as const, reader: reading.reader, text }];
  });
}

/** On its own server a message stands behind all whose acknowledgement its sender could have known. */
function checkTimes(sends: readonly Send[], { reader, server, messages }: Reading): Violation[] {
  const own = new Map(sends.filter((send) => send.server === server).map((send) => [send.text, send]));
  const found: Violation[] = [];
  let soonest = Infinity;
  // From the end: no later message may have been acknowledged before this one was begun.
  for (const { text } of messages.toReversed()) {
    const send = own.get(text);
    if (send === undefined) continue;
    if (soonest < send.invokedAt) found.push({ kind: "reordered", reader, text });
    if (send.outcome === "ok") soonest = Math.min(soonest, send.settledAt);
  }
  return found;
}

/** Every reader sees an author's messages in the order in which the readers of the author's own server see them. */
function checkOrders(sends: readonly Send[], readings: readonly Reading[]): Violation[] {
  const homes = new Map(sends.map(({ author, server }) => [author, server]));
  return [...homes].flatMap(([author, server]) => {
    const home = readings.find((reading) => reading.server === server);
    if (home === undefined) return [];
    const order = new Map(home.messages.map(({ text }, index) => [text, index]));
    return readings.flatMap(({ reader, messages }) => {
      const own = messages.filter((message) => message.author === author && order.has(message.text));
      const late = own.filter(({ text }, at) => at > 0 && order.get(own[at - 1]!.text)! > order.get(text)!);
      return late.map(({ text }) => ({ kind: "reordered" as const, reader, text }));
    });
  });
}

function countBy(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

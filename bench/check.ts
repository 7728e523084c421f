import type { Contender, StoredRow } from "./contender.ts";
import type { Run, SendRecord } from "./load.ts";

/** A figure of a contender that loses, repeats or disorders messages is worth nothing. */
export class Incorrect extends Error {
  constructor(contender: string, faults: readonly string[]) {
    super(`${contender} is not correct:\n  ${faults.slice(0, 10).join("\n  ")}`);
    this.name = "Incorrect";
  }
}

/** What one line's part of a run is held against. */
export interface Evidence {
  /** The line's newest number before the run. */
  readonly after: number;
  /** What the server has kept of the line since then; null where nothing is kept. */
  readonly rows: readonly StoredRow[] | null;
}

/** Reads what a run has left behind; `numbers` are those that the lines had before it. */
export async function gatherEvidence(contender: Contender, numbers: readonly number[]): Promise<Evidence[]> {
  return await Promise.all(
    numbers.map(async (after, line) => ({ after, rows: await contender.stored(line, after) })),
  );
}

/** Throws `Incorrect` unless all was acknowledged and nothing lost, repeated or out of order, in any session and in the database. */
export function checkRun(
  { name, sessions }: Pick<Contender, "name" | "sessions">,
  run: Run,
  evidence: readonly Evidence[],
): void {
  const faults = run.sends
    .filter(({ acknowledged }) => acknowledged === null)
    .map(({ key }) => `${key} was never acknowledged`);
  for (const [line, { after, rows }] of evidence.entries()) {
    const sends = run.sends.filter((send) => send.line === line);
    const witnesses: [string, readonly Seen[]][] = Array.from({ length: sessions }, (_, session) => {
      const seen = (run.arrivals[line] ?? []).filter((arrival) => arrival.session === session);
      return [`line ${line}, session ${session}`, seen];
    });
    if (rows !== null) {
      witnesses.push([`line ${line}, database`, rows]);
      faults.push(...falseTexts(`line ${line}, database`, sends, rows));
    }
    for (const [place, seen] of witnesses)
      faults.push(
        ...miscounted(place, sends, seen),
        ...misnumbered(place, after, seen),
        ...overtaken(place, sends, seen),
      );
  }
  if (faults.length > 0) throw new Incorrect(name, faults);
}

type Seen = Pick<StoredRow, "key" | "position">;

/** Each message exactly once. */
function miscounted(place: string, sends: readonly SendRecord[], seen: readonly Seen[]): string[] {
  const counts = new Map(sends.map(({ key }) => [key, 0]));
  const faults: string[] = [];
  for (const { key } of seen) {
    const count = counts.get(key);
    if (count === undefined) faults.push(`${place}: ${key} was never sent`);
    else counts.set(key, count + 1);
  }
  for (const [key, count] of counts) {
    if (count === 0) faults.push(`${place}: ${key} is lost`);
    if (count > 1) faults.push(`${place}: ${key} came ${count} times`);
  }
  return faults;
}

/** Numbers rise by one in the order of arrival: no gap, and the same order for every session and the database. */
function misnumbered(place: string, after: number, seen: readonly Seen[]): string[] {
  return seen.flatMap(({ key, position }, index) =>
    position === after + index + 1
      ? []
      : [`${place}: ${key} has number ${position} instead of ${after + index + 1}`],
  );
}

/** What was acknowledged before another message was sent comes before it. */
function overtaken(place: string, sends: readonly SendRecord[], seen: readonly Seen[]): string[] {
  const positions = new Map(seen.map(({ key, position }) => [key, position]));
  const ended = sends
    .flatMap(({ key, acknowledged }) => (acknowledged === null ? [] : [{ key, acknowledged }]))
    .toSorted((a, b) => a.acknowledged - b.acknowledged)
    [Symbol.iterator]();
  const faults: string[] = [];
  let highest = 0;
  let next = ended.next();
  for (const send of sends) {
    for (; next.done !== true && next.value.acknowledged < send.sent; next = ended.next())
      highest = Math.max(highest, positions.get(next.value.key) ?? 0);
    if ((positions.get(send.key) ?? Infinity) < highest)
      faults.push(`${place}: ${send.key} comes before a message that was acknowledged before it was sent`);
  }
  return faults;
}

function falseTexts(place: string, sends: readonly SendRecord[], rows: readonly StoredRow[]): string[] {
  const texts = new Map(sends.map(({ key, text }) => [key, text]));
  return rows.flatMap(({ key, text }) =>
    text === null || text === texts.get(key) ? [] : [`${place}: ${key} has another text`],
  );
}

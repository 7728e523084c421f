import type { Contender, Scale } from "./contender.ts";
import type { Schedule } from "./load.ts";
import { startLuciole } from "./luciole.ts";
import { startFloor, startPrototype } from "./relays.ts";
import { createPlay, playRounds, type Round, type RoundsOptions } from "./rounds.ts";

export interface SendOptions extends RoundsOptions {
  /** Conversations that share the rate. */
  readonly lines: number;
  /** Numbers of idle sessions; the floor and the prototype have the first. */
  readonly idle: readonly number[];
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
}

/** The rounds of one contender at one rate. */
export interface Series {
  readonly contender: string;
  readonly idle: number;
  readonly rate: number;
  readonly rounds: readonly Round[];
}

/** Measures the way of a message from A's request until all three sessions of B have it, committed. */
export async function benchSend(options: SendOptions): Promise<Series[]> {
  await using started = new AsyncDisposableStack();
  const series = await playRounds(await startAll(started, options), options);
  return series.map(({ contender, idle, rate, rounds }) => ({ contender, idle, rate, rounds }));
}

interface Entrant {
  readonly contender: string;
  readonly idle: number;
  play(schedule: Schedule): Promise<Round>;
}

async function startAll(started: AsyncDisposableStack, options: SendOptions): Promise<Entrant[]> {
  const { lines, idle, against, say } = options;
  const entrants: Entrant[] = [];
  const enter = async (start: (scale: Scale) => Promise<Contender>, count: number): Promise<void> => {
    const contender = await start({ lines, idle: count });
    started.defer(() => contender.close());
    say(`${contender.name} runs, with ${count} idle sessions`);
    entrants.push({ contender: contender.name, idle: count, play: createPlay(contender) });
  };
  await enter(startFloor, idle[0] ?? 0);
  await enter(startPrototype, idle[0] ?? 0);
  for (const count of idle) await enter(startLuciole, count);
  if (against !== undefined) await enter((scale) => startLuciole(scale, against), idle[0] ?? 0);
  return entrants;
}

import type { Database } from "#db/connect.ts";
import { addTallies, countIn, RATE_LIMITS } from "#db/rate-limits.ts";
import { createLimiter, type Limit, type Take } from "#lib/limiter.ts";
import { log } from "#lib/log.ts";
import type { PersonId } from "#lib/ids.ts";
import { SettledLimit } from "#lib/settled-limit.ts";
import type { Context } from "./context.ts";
import { roleOf } from "./roles.ts";

const MINUTE = 60;

/** Everything that is counted, so many in so many seconds; `LIMITS` changes the numbers. */
export const usualLimits = {
  /** Tries from one address, */
  signIn: { points: 25, seconds: 5 * MINUTE },
  /** from there for one handle, */
  signInPair: { points: 10, seconds: 5 * MINUTE },
  /** and for it from everywhere: loose, or a stranger could lock somebody out. */
  signInHandle: { points: 100, seconds: 5 * MINUTE },
  /** Steps of it from one address where nobody has said yet who they are. */
  signInStep: { points: 50, seconds: 5 * MINUTE },
  /** Codes for one account after a right password, from one address, */
  codePair: { points: 20, seconds: 60 * MINUTE },
  /** and for it from everywhere: three in a million are right, so whoever has the password guesses for years. */
  code: { points: 100, seconds: 24 * 60 * MINUTE },
  signUp: { points: 5, seconds: 30 * MINUTE },
  signUpPair: { points: 5, seconds: 30 * MINUTE },
  signUpHandle: { points: 100, seconds: 30 * MINUTE },
  reset: { points: 25, seconds: 30 * MINUTE },
  resetPair: { points: 5, seconds: 30 * MINUTE },
  resetHandle: { points: 100, seconds: 30 * MINUTE },
  /** Letters to one address, and, apart from them, links to a new password to one account. */
  mail: { points: 5, seconds: 30 * MINUTE },
  /** Of whoever is signed in, to show once more who they are. */
  guess: { points: 10, seconds: 5 * MINUTE },
  /** Changes of a handle that one person asks for, forth and back. */
  rename: { points: 20, seconds: 24 * 60 * MINUTE },
  /** What apps ask for their tokens, from one address. */
  tokens: { points: 120, seconds: MINUTE },
  apps: { points: 5, seconds: 10 * MINUTE },
  /** Questions of apps that one person is shown. */
  consent: { points: 30, seconds: MINUTE },
  /** What makes this server ask another one, for each person. */
  lookUp: { points: 30, seconds: MINUTE },
  /** 30 a minute, of which 10 at once. */
  send: { points: 10, seconds: 20 },
  botSend: { points: 20, seconds: 20 },
  /** What else one person does that others see: edits, reactions, pins, titles. */
  act: { points: 60, seconds: 20 },
  /** Of other servers, for each process: nothing is asked of the database before a signature is proven. */
  inboxActor: { points: 300, seconds: MINUTE },
  inboxHost: { points: 1_200, seconds: MINUTE },
  inboxNewHost: { points: 60, seconds: MINUTE },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof usualLimits;
/** How many of each; the windows are what they are. */
export type Limits = Readonly<Record<LimitName, number>>;

/** The numbers that hold where nobody has chosen others. */
export const limitNumbers = Object.fromEntries(
  Object.entries(usualLimits).map(([name, { points }]) => [name, points]),
) as Limits;

/** Milliseconds until other processes hear of what was sent. */
const SETTLE_MS = 1_000;
/** People whose sending is counted at once. */
const SENDERS = 20_000;

interface Counting {
  readonly shared: Map<LimitName, Take>;
  readonly sends: Map<LimitName, SettledLimit>;
}
const countings = new WeakMap<Database, Counting>();

/** Counts one for a key, together with all processes; the seconds to wait when that is one too many. */
export async function countOne(ctx: Context, name: LimitName, key: string): Promise<number | undefined> {
  const { shared } = countingOf(ctx);
  const take =
    shared.get(name) ??
    createLimiter(name, limitOf(ctx, name), { table: RATE_LIMITS, shared: countIn(ctx.db) });
  shared.set(name, take);
  return await take(key);
}

/** Counts a message that somebody sends, without waiting for the database; the seconds to wait when it is one too many. */
export async function countSend(ctx: Context, personId: PersonId): Promise<number | undefined> {
  const name = (await roleOf(ctx, personId)) === "bot" ? "botSend" : "send";
  return countSoon(ctx, name, personId);
}

/** The same for what somebody else does that others see. */
export function countAct(ctx: Context, personId: PersonId): number | undefined {
  return countSoon(ctx, "act", personId);
}

function countSoon(ctx: Context, name: "send" | "botSend" | "act", personId: PersonId): number | undefined {
  const { sends } = countingOf(ctx);
  const limit =
    sends.get(name) ??
    new SettledLimit({
      ...limitOf(ctx, name),
      keys: SENDERS,
      pauseMs: SETTLE_MS,
      settle: (tallies) => addTallies(ctx.db, tallies, Date.now()),
      failed: (error) => log("domain").warn("what was sent is counted by this process alone", { error }),
    });
  sends.set(name, limit);
  return limit.take(`${name}:${personId}`);
}

function limitOf({ settings }: Context, name: LimitName): Limit {
  return { ...usualLimits[name], points: settings.limits[name] };
}

function countingOf({ db }: Context): Counting {
  const counting = countings.get(db) ?? { shared: new Map(), sends: new Map() };
  countings.set(db, counting);
  return counting;
}

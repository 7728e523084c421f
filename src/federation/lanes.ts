import type { Context } from "#domain/context.ts";
import { leaseLanes, nextDue, renewLeases, type Lane } from "#domain/lanes.ts";
import { log } from "#lib/log.ts";
import { createLaneRun } from "./lane-run.ts";
import type { RemoteActors } from "./remote-actors.ts";
import type { Signing } from "./sign.ts";

/** Lanes at work at once in this process. */
const ABREAST = 64;
/** A lane that has waited so long for another server (milliseconds) makes room for the next: dead servers hold up nobody. */
const SLOW_MS = 1_000;
/** All lanes under way, those that wait for slow servers included. */
const ALL = 512;
/** For so long a crash delays the lanes that were under way; whoever lives renews its leases in time. */
const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** Never looked for work more often than this without being woken, and never less often than that (milliseconds). */
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** The workers that carry what our people did to other servers. */
export interface Lanes {
  start(): void;
  /** Says that something may be due. */
  wake(): void;
  /** Begins nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

export interface LanesOptions {
  readonly signing: Signing;
  readonly actors: RemoteActors;
}

/**
 * Makes the workers of this process. Each lane is first in, first out: its deliveries go one after another until one
 * must wait; lanes do not wait for each other.
 */
export function createLanes(ctx: Context, { signing, actors }: LanesOptions): Lanes {
  const running = new Map<Lane, Promise<void>>();
  let state: "new" | "started" | "stopped" = "new";
  let looking: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let renewal: NodeJS.Timeout | undefined;

  const isStopped = (): boolean => state !== "started";
  const slow = createSlow(wake);
  const runLane = createLaneRun(ctx, { signing, actors, isStopped, patiently: slow.wait });

  function wake(): void {
    if (isStopped()) return;
    again = true;
    looking ??= look().finally(() => (looking = undefined));
  }

  async function look(): Promise<void> {
    clearTimeout(timer);
    let wait = LONGEST_WAIT_MS;
    try {
      while (again && !isStopped()) {
        again = false;
        await begin();
      }
      wait = waitUntil(await nextDue(ctx), ctx.now());
    } catch (error) {
      log("federation").error("cannot look for deliveries", { error });
    }
    if (!isStopped()) timer = setTimeout(wake, again ? 0 : wait);
  }

  async function begin(): Promise<void> {
    const free = Math.min(ABREAST - (running.size - slow.count), ALL - running.size);
    if (free <= 0) return; // whichever ends first looks again
    for (const lane of await leaseLanes(ctx, { limit: free, leaseMs: LEASE_MS })) {
      const ended = runLane(lane).finally(() => {
        running.delete(lane);
        wake();
      });
      running.set(lane, ended);
    }
  }

  return {
    start: () => {
      if (state !== "new") throw new Error("the lanes were started before");
      state = "started";
      renewal = setInterval(() => void renew(ctx, [...running.keys()]), RENEW_MS);
      wake();
    },
    wake,
    stop: async () => {
      state = "stopped";
      await looking;
      clearTimeout(timer);
      await Promise.all(running.values());
      clearInterval(renewal);
    },
  };
}

function waitUntil(due: Date | null, now: Date): number {
  if (due === null) return LONGEST_WAIT_MS;
  return Math.min(Math.max(due.getTime() - now.getTime(), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

async function renew(ctx: Context, lanes: readonly Lane[]): Promise<void> {
  if (lanes.length === 0) return;
  try {
    await renewLeases(ctx, { lanes, leaseMs: LEASE_MS });
  } catch (error) {
    // The next one may succeed. If none does, another worker repeats what these are at, which does no harm.
    log("federation").warn("leases could not be renewed", { count: lanes.length, error });
  }
}

/** Counts work that has waited long for somebody else; says so each time that there is more of it. */
function createSlow(more: () => void) {
  const slow = {
    count: 0,
    async wait<Result>(work: () => Promise<Result>): Promise<Result> {
      let isSlow = false;
      const impatience = setTimeout(() => {
        isSlow = true;
        slow.count += 1;
        more();
      }, SLOW_MS);
      try {
        return await work();
      } finally {
        clearTimeout(impatience);
        if (isSlow) slow.count -= 1;
      }
    },
  };
  return slow;
}

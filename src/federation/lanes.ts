import type { Context } from "#domain/context.ts";
import {
  leaseLanes,
  nextDelivery,
  nextDue,
  releaseLane,
  renewLease,
  settleDelivery,
  storeActivityBody,
  type Lane,
  type Outcome,
  type WaitingDelivery,
} from "#domain/lanes.ts";
import { describeActivity } from "#domain/outgoing.ts";
import type { PersonRow } from "#domain/people.ts";
import { log } from "#lib/log.ts";
import { signingActor } from "./actors.ts";
import { outcomeOf, outcomeOfError } from "./outcomes.ts";
import type { RemoteActors } from "./remote-actors.ts";
import type { Signing } from "./sign.ts";
import { translateActivity } from "./translate/activity-out.ts";

/** Lanes under way at once in this process. */
const CONCURRENCY = 16;
/** For so long a crash delays the lanes that were under way; whoever lives renews its leases in time. */
const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** A lane that is busy longer is given back between two deliveries: others wait too. */
const WORK_MS = 30_000;
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
  const running = new Set<Promise<void>>();
  let state: "new" | "started" | "stopped" = "new";
  let looking: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  const isStopped = (): boolean => state !== "started";

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
      wait = waitUntil(await nextDue(ctx));
    } catch (error) {
      log("federation").error("cannot look for deliveries", { error });
    }
    if (!isStopped()) timer = setTimeout(wake, again ? 0 : wait);
  }

  async function begin(): Promise<void> {
    const free = CONCURRENCY - running.size;
    if (free === 0) return; // whichever ends first looks again
    for (const lane of await leaseLanes(ctx, { limit: free, leaseMs: LEASE_MS })) {
      const run = runLane(ctx, { lane, signing, actors, isStopped }).finally(() => {
        running.delete(run);
        wake();
      });
      running.add(run);
    }
  }

  function waitUntil(due: Date | null): number {
    if (due === null) return LONGEST_WAIT_MS;
    return Math.min(Math.max(due.getTime() - ctx.now().getTime(), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
  }

  return {
    start: () => {
      if (state !== "new") throw new Error("the lanes were started before");
      state = "started";
      wake();
    },
    wake,
    stop: async () => {
      state = "stopped";
      await looking;
      clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

interface Run extends LanesOptions {
  readonly lane: Lane;
  readonly isStopped: () => boolean;
}

/** Sends what waits in a leased lane, in order. Never throws: what it cannot write down is done again after the lease. */
async function runLane(ctx: Context, run: Run): Promise<void> {
  const { lane, isStopped } = run;
  const end = ctx.now().getTime() + WORK_MS;
  const renewal = setInterval(() => void renew(ctx, lane), RENEW_MS);
  try {
    while (!isStopped() && ctx.now().getTime() < end) {
      const delivery = await nextDelivery(ctx, lane);
      if (delivery === null) break;
      const outcome = await attempt(ctx, run, delivery);
      if (outcome === null) break;
      await ctx.failpoint("after-post-before-mark");
      const { goOn } = await settleDelivery(ctx, { lane, deliveryId: delivery.id, outcome });
      if (!goOn) return;
    }
    await releaseLane(ctx, lane);
  } catch (error) {
    const { host, streamId } = lane;
    log("federation").error("a lane broke off", { host, streamId, error });
  } finally {
    clearInterval(renewal);
  }
}

async function renew(ctx: Context, lane: Lane): Promise<void> {
  try {
    await renewLease(ctx, { lane, leaseMs: LEASE_MS });
  } catch (error) {
    // The next one may succeed. If none does, another worker repeats what this one is at, which does no harm.
    log("federation").warn("a lease could not be renewed", { host: lane.host, error });
  }
}

/** Sends one activity to one inbox. Null when the server is stopping and nothing was learnt. */
async function attempt(
  ctx: Context,
  { signing, actors }: LanesOptions,
  delivery: WaitingDelivery,
): Promise<Outcome | null> {
  try {
    const { inbox, state } = await completed(actors, delivery.recipient);
    if (inbox === null || state !== "active") return { state: "refused", reason: "recipient_gone" };
    const [body, actor] = await Promise.all([bodyOf(ctx, delivery), signingActor(ctx, delivery.actorId)]);
    if (body === null) return null;
    const response = await signing.post({ url: inbox, body, actor });
    return outcomeOf(response, ctx.now());
  } catch (error) {
    return outcomeOfError(error, { deliveryId: String(delivery.id), host: delivery.recipient.host ?? "" });
  }
}

/** Somebody of whom only the address was known so far is looked up now. */
async function completed(actors: RemoteActors, recipient: PersonRow): Promise<PersonRow> {
  const { uri, inbox, fetchedAt } = recipient;
  return uri !== null && inbox === null && fetchedAt === null ? await actors.resolve(uri) : recipient;
}

/** The bytes of an activity, made once: every server and every repetition gets the same. */
async function bodyOf(ctx: Context, { id, activityId, body }: WaitingDelivery): Promise<string | null> {
  if (body !== null) return body;
  const json = translateActivity(ctx.settings, await describeActivity(ctx, activityId));
  return await storeActivityBody(ctx, { deliveryId: id, activityId, body: JSON.stringify(json) });
}

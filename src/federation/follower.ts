import {
  followedRoom,
  hastenReplicas,
  postponeReplica,
  takeDueReplicas,
  takeMissing,
} from "#domain/groups/follow-up.ts";
import { markUnlogged } from "#domain/groups/unlogged.ts";
import type { Context } from "#domain/context.ts";
import type { ConversationId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { catchUp } from "./catch-up.ts";
import type { Tools } from "./inbound/handler.ts";
import { fetchMissing } from "./missing.ts";

/** What of groups elsewhere did not come by itself is asked for. */
export interface Follower {
  start(): void;
  stop(): Promise<void>;
}

/** How often is looked for what is due (milliseconds). */
const LOOK_MS = 2_000;

/** What is under way, by server: none waits for another, and none is asked much at once. */
class UnderWay {
  readonly busy = new Map<string, number>();
  readonly #works = new Set<Promise<void>>();

  /** Begins something; `then` comes after it. It never throws: what fails is tried again later. */
  begin(host: string, work: () => Promise<void>, then: () => void): void {
    this.busy.set(host, (this.busy.get(host) ?? 0) + 1);
    const running = guarded(work).then(() => {
      const rest = (this.busy.get(host) ?? 1) - 1;
      if (rest === 0) this.busy.delete(host);
      else this.busy.set(host, rest);
      this.#works.delete(running);
      then();
    });
    this.#works.add(running);
  }

  async end(): Promise<void> {
    await Promise.all(this.#works);
  }
}

/** Makes the follower of this process. It never throws: what fails is tried again later. */
export function createFollower(ctx: Context, tools: Tools): Follower {
  const [groups, messages] = [new UnderWay(), new UnderWay()];
  let timer: NodeJS.Timeout | undefined;
  let isStopped = true;
  let isLooking = false;
  let looking = Promise.resolve();

  async function take(): Promise<void> {
    const [replicas, missing] = await Promise.all([
      takeDueReplicas(ctx, groups.busy),
      takeMissing(ctx, messages.busy),
    ]);
    for (const replica of replicas) groups.begin(replica.host, () => followUp(tools, replica), again);
    for (const one of missing) messages.begin(one.host, () => fetchMissing(tools, one), again);
  }

  async function look(): Promise<void> {
    isLooking = true;
    try {
      await take();
    } catch (error) {
      log("federation").error("cannot look for what is missing of groups", { error });
    }
    isLooking = false;
    if (!isStopped) timer = setTimeout(again, LOOK_MS);
  }

  /** Looks now: a server that just answered may have more. */
  function again(): void {
    if (isLooking || isStopped) return;
    clearTimeout(timer);
    looking = look();
  }

  return {
    start: () => {
      isStopped = false;
      isLooking = true;
      looking = guarded(() => hastenReplicas(ctx)).then(look);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await looking;
      await Promise.all([groups.end(), messages.end()]);
    },
  };
}

async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log("federation").error("what is missing of a group could not be had", { error });
  }
}

/** Asks the server that keeps a group for the numbers after those that are here; later again if it has none. */
async function followUp(
  tools: Tools,
  { conversationId, attempts }: { conversationId: ConversationId; attempts: number },
): Promise<void> {
  const { ctx } = tools;
  const followed = await followedRoom(ctx, conversationId);
  const askedAt = ctx.now();
  const outcome = followed === null ? "unheard" : await catchUp(tools, followed);
  if (outcome === "level" || outcome === "ahead") await markUnlogged(ctx, { conversationId, askedAt });
  const isAhead = outcome === "ahead" || outcome === "behind";
  if (!isAhead) await postponeReplica(ctx, { conversationId, attempts: attempts + 1 });
}

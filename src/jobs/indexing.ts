import type { Context } from "#domain/context.ts";
import { indexConversations, listUnindexed } from "#domain/search/indexing.ts";
import type { ConversationId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";

/** Milliseconds: what comes in quick succession is indexed together, one message within this time. */
const GATHER_MS = 250;
/** Between two looks for what nobody told of: what happened while nobody listened. */
const SWEEP_MS = 60_000;
/** Until the next attempt after an error, and while another process is at it. */
const RETRY_MS = 1_000;

/** The worker that makes what was said findable, beside the way of the messages. */
export interface Indexing {
  start(): void;
  /** Says that a conversation has new words. */
  wake(id: ConversationId): void;
  /** Begins nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/** Makes the worker of this process. It may die at any moment: the database knows how far it came. */
export function createIndexing(ctx: Context): Indexing {
  const told = new Set<ConversationId>();
  let behind: readonly ConversationId[] = [];
  let sweepAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let isRunning = false;

  function plan(milliseconds: number): void {
    if (!isRunning || round !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      round = work().then((pause) => {
        round = undefined;
        plan(told.size > 0 ? Math.min(pause, RETRY_MS) : pause);
      });
    }, milliseconds);
  }

  /** Indexes one portion, and answers how long to rest. */
  async function work(): Promise<number> {
    const began = performance.now();
    const ids = [...told];
    told.clear();
    try {
      if (behind.length === 0 && began >= sweepAt) await sweep();
      const open = await indexConversations(ctx, [...ids, ...behind]);
      if (open === null) return putBack(ids);
      behind = open;
      // With a long way to go it takes half of its time at most: the rest is for those who write.
      if (behind.length > 0) return performance.now() - began;
      return told.size > 0 ? GATHER_MS : Math.max(GATHER_MS, sweepAt - performance.now());
    } catch (error) {
      log("jobs").error("messages cannot be indexed", { error });
      return putBack(ids);
    }
  }

  async function sweep(): Promise<void> {
    const { ids, isAll } = await listUnindexed(ctx);
    behind = ids;
    if (isAll) sweepAt = performance.now() + SWEEP_MS;
  }

  function putBack(ids: readonly ConversationId[]): number {
    for (const id of ids) told.add(id);
    return RETRY_MS;
  }

  return {
    start: () => {
      isRunning = true;
      plan(0);
    },
    wake: (id) => {
      told.add(id);
      if (told.size === 1) plan(GATHER_MS);
    },
    stop: async () => {
      isRunning = false;
      clearTimeout(timer);
      await round;
    },
  };
}

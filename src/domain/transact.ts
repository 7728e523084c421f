import { inTransaction, type Transaction } from "#db/connect.ts";
import type { Context } from "./context.ts";
import type { DomainEvent, EventName, EventPayloads } from "./events.ts";

/** What a transaction tells when it has committed, and the statements whose answers it did not wait for. */
interface Run {
  readonly events: DomainEvent[];
  readonly unanswered: Promise<unknown>[];
}

const runs = new WeakMap<Transaction, Run>();

/** What transactions failed with whose end nobody knows. */
const unclear = new WeakSet<WeakKey>();

/** Runs `work` in one transaction and, once it has committed, tells what was recorded in it. */
export async function transact<T>(ctx: Context, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await ctx.failpoint("before-tx");
  const { events, unanswered }: Run = { events: [], unanswered: [] };
  let committing = false;
  try {
    const result = await inTransaction(ctx.db, async (tx) => {
      runs.set(tx, { events, unanswered });
      const value = await work(tx);
      await ctx.failpoint("before-commit", () => Promise.all(unanswered));
      committing = true;
      return value;
    }).catch((error: unknown) => {
      if (committing && events.length > 0) ctx.uncertain(events);
      throw error;
    });
    // COMMIT after a statement that failed is a rollback.
    await Promise.all(unanswered).catch((error: unknown) => {
      committing = false;
      throw error;
    });
    if (events.length > 0) ctx.committed(events);
    await ctx.failpoint("after-commit-before-ack");
    return result;
  } catch (error) {
    if (committing && error instanceof Error) unclear.add(error);
    throw error;
  }
}

/** Whether a transaction that failed with this may have been committed all the same. */
export function mayBeCommitted(error: unknown): boolean {
  return error instanceof Error && unclear.has(error);
}

/** Lets COMMIT follow a statement at once, as nothing depends on its answer but whether all of it holds. */
export function finishWith(tx: Transaction, statement: Promise<unknown>): void {
  runOf(tx).unanswered.push(statement);
  statement.catch(() => undefined); // it is thrown after COMMIT
}

function runOf(tx: Transaction): Run {
  const run = runs.get(tx);
  if (run === undefined) throw new Error("a domain function runs outside of transact");
  return run;
}

/** Notes what happened; it is told only if the transaction commits. Answers the event. */
export function record<Name extends EventName>(
  tx: Transaction,
  name: Name,
  payload: EventPayloads[Name],
): DomainEvent {
  const { events } = runOf(tx);
  const event = { name, ...payload } as unknown as DomainEvent;
  events.push(event);
  return event;
}

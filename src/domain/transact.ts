import { inTransaction, type Transaction } from "#db/connect.ts";
import type { Context } from "./context.ts";
import type { DomainEvent, EventName, EventPayloads } from "./events.ts";

const recorded = new WeakMap<Transaction, DomainEvent[]>();

/** What transactions failed with whose end nobody knows. */
const unclear = new WeakSet<WeakKey>();

/** Runs `work` in one transaction and, once it has committed, tells what was recorded in it. */
export async function transact<T>(ctx: Context, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await ctx.failpoint("before-tx");
  const events: DomainEvent[] = [];
  let committing = false;
  try {
    const result = await inTransaction(ctx.db, async (tx) => {
      recorded.set(tx, events);
      const value = await work(tx);
      await ctx.failpoint("before-commit");
      committing = true;
      return value;
    }).catch((error: unknown) => {
      if (committing && events.length > 0) ctx.uncertain(events);
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

/** Notes what happened; it is told only if the transaction commits. Answers the event. */
export function record<Name extends EventName>(
  tx: Transaction,
  name: Name,
  payload: EventPayloads[Name],
): DomainEvent {
  const events = recorded.get(tx);
  if (events === undefined) throw new Error(`${name} was recorded outside of transact`);
  const event = { name, ...payload } as unknown as DomainEvent;
  events.push(event);
  return event;
}

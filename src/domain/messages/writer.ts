import { createBatch } from "#lib/batch.ts";
import type { ConversationId } from "#lib/ids.ts";
import { mayBeCommitted } from "../transact.ts";

/** Transactions of one kind that are under way at once. */
const WRITERS = 2;
/** Most inputs of one of them: no lock is held long. */
const MOST = 64;

/**
 * Makes callers who come at the same time share transactions: what waits goes when the writer of its conversation is
 * free. Each is answered, or fails, alone. What may have been committed although it failed is never tried again here:
 * whoever asked for it asks again with the same key.
 */
export function createWriters<Input extends { conversationId: ConversationId }, Output>(
  work: (inputs: readonly Input[]) => Promise<readonly Output[]>,
): (input: Input) => Promise<Output> {
  const isRepeatable = (error: unknown) => !mayBeCommitted(error);
  const writers = Array.from({ length: WRITERS }, () => createBatch(work, { most: MOST, isRepeatable }));
  return async (input) => await writers[shardOf(input.conversationId)]!(input);
}

/** One conversation has one writer, so that its messages stay in the order in which they came. */
function shardOf(id: ConversationId): number {
  return id.charCodeAt(id.length - 1) % WRITERS;
}

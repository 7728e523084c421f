import type { SQL } from "drizzle-orm";
import type { Queryable } from "./connect.ts";

/** Rows that one statement changes at most, so that none runs into its time limit or holds many locks. */
export const BATCH = 2_000;

/** Repeats a statement, which changes `BATCH` rows at most, until nothing is left to change. */
export async function inBatches(q: Queryable, statement: SQL): Promise<void> {
  for (;;) {
    const { count } = await q.execute(statement);
    if (count < BATCH) return;
  }
}

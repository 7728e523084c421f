import { inTransaction, type Transaction } from "#db/connect.ts";
import type { Context } from "./context.ts";

/** Runs several reads that must agree with each other: all see the database as of one moment. */
export async function snapshot<T>(ctx: Context, read: (tx: Transaction) => Promise<T>): Promise<T> {
  return await inTransaction(ctx.db, read, { isolationLevel: "repeatable read", accessMode: "read only" });
}

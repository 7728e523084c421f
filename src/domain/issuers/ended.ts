import type { Transaction } from "#db/connect.ts";
import { endIssuedSessions, type Issued } from "#db/issuers.ts";
import type { Context } from "../context.ts";
import { record } from "../transact.ts";

/**
 * Ends sessions that began by the word of issuers; their sockets close on every node. Whoever calls this forgets bearers
 * (`forgetBearers`) once the transaction has committed.
 */
export async function endIssued(ctx: Context, tx: Transaction, issued: Issued): Promise<void> {
  const ended = await endIssuedSessions(tx, { ...issued, at: ctx.now() });
  for (const one of ended) record(tx, "session.revoked", one);
}

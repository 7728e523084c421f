import type { Transaction } from "#db/connect.ts";
import { endExternalSessions, type IssuerId } from "#db/issuers.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { record } from "../transact.ts";

/**
 * Ends what the tokens of an issuer opened, or those of all issuers for one person; their sockets close on every node. Whoever
 * calls this forgets bearers (`forgetBearers`) once the transaction has committed.
 */
export async function endTokens(
  ctx: Context,
  tx: Transaction,
  whose: { issuerId: IssuerId; personId?: PersonId } | { issuerId?: never; personId: PersonId },
): Promise<void> {
  const ended = await endExternalSessions(tx, { ...whose, at: ctx.now() });
  for (const one of ended) record(tx, "session.revoked", one);
}

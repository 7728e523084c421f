import { findChainIds, findSeenAmong } from "#db/chains.ts";
import type { ShownMessage } from "#db/sight.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { snapshot } from "./snapshot.ts";

export interface Chain {
  /** The message that began it, as far up as the viewer may see. */
  root: MessageId;
  /** It and what answers it, directly or not, in the order of display; 500 at most. */
  messages: ShownMessage[];
}

/** The chain of replies that a message belongs to, for somebody who may see it; what they may not see is not in it. */
export async function readChain(
  ctx: Context,
  { personId, messageId }: { personId: PersonId; messageId: MessageId },
): Promise<Chain> {
  return await snapshot(ctx, async (tx) => {
    const ids = await findChainIds(tx, personId, messageId);
    const [root] = ids;
    if (root === undefined) throw new Refusal("not_found");
    return { root, messages: await findSeenAmong(tx, personId, ids) };
  });
}

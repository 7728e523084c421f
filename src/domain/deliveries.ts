import { lockLanes } from "#db/lanes.ts";
import type { Transaction } from "#db/connect.ts";
import type { MessageRow } from "#db/messages.ts";
import { takeNumber } from "#db/people.ts";
import { cancelWaiting, hastenLanes, openCircuits, putBackFailed, stampMessage } from "#db/redelivery.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { lockOwn } from "./messages/lock.ts";
import { record, transact } from "./transact.ts";

/** Somebody's own message, of which they want to change how it is delivered. */
export interface OwnMessage {
  personId: PersonId;
  messageId: MessageId;
}

/**
 * Tries at once what waits of one's message, even where the server was left alone, and lets wait again what was refused
 * or given up, for another seven days. Where all has arrived it changes nothing.
 */
export async function retryDeliveries(ctx: Context, input: OwnMessage): Promise<void> {
  await transact(ctx, async (tx) => {
    const { message } = await lockOwn(ctx, tx, input);
    await lockLanes(tx, [message.conversationId]);
    const putBack = await putBackFailed(tx, message, ctx.now());
    const hosts = await hastenLanes(tx, message.conversationId, message.id);
    if (putBack === 0 && hosts.length === 0) return;
    await tellAuthor(tx, message, { leaves: true });
    await openCircuits(tx, hosts);
  });
}

/** Ends what waits of one's message. What is under way at this moment may still arrive, and is then shown so. */
export async function cancelDeliveries(ctx: Context, input: OwnMessage): Promise<void> {
  await transact(ctx, async (tx) => {
    const { message } = await lockOwn(ctx, tx, { ...input, takesBack: true });
    await lockLanes(tx, [message.conversationId]);
    if ((await cancelWaiting(tx, message.id, ctx.now())) > 0)
      await tellAuthor(tx, message, { leaves: false });
  });
}

async function tellAuthor(
  tx: Transaction,
  message: MessageRow,
  { leaves }: { leaves: boolean },
): Promise<void> {
  const { id: messageId, conversationId, authorId: personId } = message;
  const number = await takeNumber(tx, personId);
  await stampMessage(tx, messageId, number);
  record(tx, "delivery.changed", { personId, number, messageId, conversationId, leaves });
}

import { findSavedAt, upsertSaved } from "#db/saved.ts";
import { takeNumber } from "#db/people.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { record, transact } from "../transact.ts";
import { lockVisible } from "./lock.ts";

export interface KeepMessage {
  personId: PersonId;
  messageId: MessageId;
}

/** Saves a message for oneself; nobody else learns of it. Doing it twice changes nothing. */
export async function saveMessage(ctx: Context, input: KeepMessage): Promise<void> {
  await keep(ctx, input, true);
}

/** Lets go of a saved message. Doing it twice changes nothing. */
export async function unsaveMessage(ctx: Context, input: KeepMessage): Promise<void> {
  await keep(ctx, input, false);
}

async function keep(ctx: Context, { personId, messageId }: KeepMessage, isKept: boolean): Promise<void> {
  await transact(ctx, async (tx) => {
    const { message } = await lockVisible(tx, { personId, messageId });
    if (isKept && message.deletedAt !== null) throw new Refusal("deleted");
    const savedAt = await findSavedAt(tx, { personId, messageId });
    if ((savedAt !== null) === isKept) return;
    const { conversationId } = message;
    const number = await takeNumber(tx, personId);
    await upsertSaved(tx, {
      personId,
      messageId,
      conversationId,
      number,
      savedAt: isKept ? ctx.now() : null,
    });
    record(tx, "message.saved", { personId, number, conversationId, messageId });
  });
}

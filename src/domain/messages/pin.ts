import { countPinned } from "#db/messages.ts";
import type { PersonRow } from "#db/people.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { act } from "./act.ts";
import { lockStanding } from "./lock.ts";

/** Most pinned messages of one conversation. */
const PINS = 50;

export interface PinMessage {
  personId: PersonId;
  messageId: MessageId;
}

/** Pins a message for everybody in its conversation. Doing it twice changes nothing. */
export async function pinMessage(ctx: Context, input: PinMessage): Promise<void> {
  await setPin(ctx, input, "Add");
}

/** Takes a pin away, whoever set it. Doing it twice changes nothing. */
export async function unpinMessage(ctx: Context, input: PinMessage): Promise<void> {
  await setPin(ctx, input, "Remove");
}

async function setPin(ctx: Context, input: PinMessage, type: "Add" | "Remove"): Promise<void> {
  await transact(ctx, async (tx) => {
    const { conversation, message, people } = await lockStanding(tx, input);
    const isPinned = message.pinnedAt !== null;
    if (isPinned === (type === "Add")) return;
    if (type === "Add" && (await countPinned(tx, conversation.id)) >= PINS)
      throw new Refusal("too_many_pins");
    const { personId: actorId } = input;
    const set =
      type === "Add" ? { pinnedAt: ctx.now(), pinnedBy: actorId } : { pinnedAt: null, pinnedBy: null };
    const isOurs = people.some(({ id, host }) => id === actorId && host === null);
    const activity = isOurs ? { type } : null;
    await act(ctx, tx, {
      name: "message.pinned",
      actorId,
      conversation,
      message,
      people,
      set,
      activity,
      isTold: isOfOurKind,
    });
  });
}

/** Pins travel only to servers that know what they are. */
function isOfOurKind({ signals }: PersonRow): boolean {
  return signals !== null;
}

import { findIdsByAlias } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { countPinned } from "#db/messages.ts";
import type { PersonRow } from "#db/people.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { checkMay } from "../groups/permit.ts";
import { act } from "./act.ts";
import { lockStanding } from "./lock.ts";
import { findReferred, type MessageRef } from "./refer.ts";

/** Most pinned messages of one conversation. */
const PINS = 50;

export interface PinMessage {
  personId: PersonId;
  messageId: MessageId;
}

/** Pins a message for everybody in its conversation. Doing it twice changes nothing. */
export async function pinMessage(ctx: Context, input: PinMessage): Promise<void> {
  await setPin(ctx, { ...input, type: "Add" });
}

/** Takes a pin away, whoever set it. Doing it twice changes nothing. */
export async function unpinMessage(ctx: Context, input: PinMessage): Promise<void> {
  await setPin(ctx, { ...input, type: "Remove" });
}

export interface ReceivePin {
  personId: PersonId;
  message: MessageRef;
  /** The conversation whose pins its server speaks of: ours by its id, any other by its address. */
  conversation: { id: ConversationId } | { uri: string };
  isPinned: boolean;
}

/** Takes a pin of a member of another server, or its end. Refuses a message of any other conversation than the named one. */
export async function receivePin(ctx: Context, input: ReceivePin): Promise<void> {
  await transact(ctx, async (tx) => {
    const { personId, message: ref, conversation, isPinned } = input;
    const { id: messageId, conversationId } = await findReferred(tx, ref);
    const named =
      "id" in conversation ? [conversation.id] : await findIdsByAlias(tx, personId, [conversation.uri]);
    if (!named.includes(conversationId)) throw new Refusal("not_found");
    await setWithin(ctx, tx, { personId, messageId, type: isPinned ? "Add" : "Remove" });
  });
}

type SetPin = PinMessage & { type: "Add" | "Remove" };

async function setPin(ctx: Context, input: SetPin): Promise<void> {
  await transact(ctx, (tx) => setWithin(ctx, tx, input));
}

async function setWithin(ctx: Context, tx: Transaction, { type, ...input }: SetPin): Promise<void> {
  const { conversation, message, member, people, withheldFrom } = await lockStanding(ctx, tx, input);
  checkMay(conversation, member.role, "pin");
  const isPinned = message.pinnedAt !== null;
  if (isPinned === (type === "Add")) return;
  if (type === "Add" && (await countPinned(tx, conversation.id)) >= PINS) throw new Refusal("too_many_pins");
  const { personId: actorId } = input;
  const set =
    type === "Add"
      ? { pinnedAt: ctx.now(), pinnedBy: actorId, pinWithheldFrom: withheldFrom }
      : { pinnedAt: null, pinnedBy: null, pinWithheldFrom: [] };
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
    withheldFrom,
    isTold: isOfOurKind,
  });
}

/** Pins travel only to servers that know what they are. */
function isOfOurKind({ signals }: PersonRow): boolean {
  return signals !== null;
}

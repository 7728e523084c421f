import { findDrafts, upsertDraft, type DraftRow } from "#db/drafts.ts";
import { lockPeople, takeNumber } from "#db/people.ts";
import { findVisibleById } from "#db/sight.ts";
import { isInList } from "#db/views.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { accessMember } from "./conversations.ts";
import { checkText } from "./messages/text.ts";
import { record, transact } from "./transact.ts";

export type { DraftRow };

interface OfDraft {
  personId: PersonId;
  conversationId: ConversationId;
}

/**
 * Keeps what somebody has begun to write, for all of their sessions; what comes last wins, and the same changes nothing.
 * Refuses an answer to what they do not see there.
 */
export async function saveDraft(
  ctx: Context,
  input: OfDraft & { text: string; inReplyTo: MessageId | null },
): Promise<DraftRow> {
  const { personId, conversationId, inReplyTo } = input;
  checkText(ctx, input);
  const { text } = input;
  return await transact(ctx, async (tx) => {
    await accessMember(tx, personId, conversationId);
    if (!(await isInList(tx, personId, conversationId))) throw new Refusal("not_found");
    const parent = inReplyTo === null ? null : await findVisibleById(tx, personId, inReplyTo);
    if (inReplyTo !== null && parent?.conversationId !== conversationId)
      throw new Refusal("reply_elsewhere", { field: "inReplyTo" });
    await lockPeople(tx, [personId]);
    const [before] = await findDrafts(tx, personId, [conversationId]);
    if (before?.text === text && before.inReplyTo === inReplyTo) return before;
    const number = await takeNumber(tx, personId);
    const row = { personId, conversationId, text, inReplyTo, changedAt: ctx.now(), number };
    await upsertDraft(tx, row);
    record(tx, "draft.changed", { personId, conversationId, number });
    return row;
  });
}

/** Throws a draft away, because it was sent or is not wanted any more. Doing it twice changes nothing. */
export async function deleteDraft(ctx: Context, { personId, conversationId }: OfDraft): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockPeople(tx, [personId]);
    const [before] = await findDrafts(tx, personId, [conversationId]);
    // Whoever went may still throw away what they had begun.
    if (before === undefined) return void (await accessMember(tx, personId, conversationId));
    const number = await takeNumber(tx, personId);
    await upsertDraft(tx, { ...before, text: null, inReplyTo: null, changedAt: ctx.now(), number });
    record(tx, "draft.changed", { personId, conversationId, number });
  });
}

/** What somebody has begun to write in one conversation. */
export async function loadDraft(
  ctx: Context,
  { personId, conversationId }: OfDraft,
): Promise<DraftRow | null> {
  const [row] = await findDrafts(ctx.db, personId, [conversationId]);
  return row ?? null;
}

import { findVersions } from "#db/messages.ts";
import { findSavedPage, type SavedCursor } from "#db/saved.ts";
import { findPinned, findVisibleById, type ShownMessage } from "#db/sight.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { loadSide } from "./read.ts";
import { snapshot } from "./snapshot.ts";

/** The pinned messages of a conversation, newest pin first. */
export async function listPins(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<ShownMessage[]> {
  return await snapshot(ctx, async (tx) => {
    const { member } = await loadSide(tx, input);
    return await findPinned(tx, { ...member, ...input });
  });
}

export interface SavedList {
  saved: { savedAt: Date; message: ShownMessage }[];
  next: SavedCursor | null;
}

/** What somebody keeps, newest first. */
export async function listSaved(
  ctx: Context,
  input: { personId: PersonId; before: SavedCursor | null; limit: number },
): Promise<SavedList> {
  const { before, limit } = input;
  const rows = await findSavedPage(ctx.db, input.personId, { before, limit: limit + 1 });
  const saved = rows.slice(0, limit);
  const last = rows.length > limit ? saved.at(-1) : undefined;
  return { saved, next: last ? { savedAt: last.savedAt, id: last.message.id } : null };
}

export type Version = Awaited<ReturnType<typeof findVersions>>[number];

/** The texts that a message has had, the newest hundred, oldest first, for somebody who may see it; of a deleted one nothing is left. */
export async function readHistory(
  ctx: Context,
  input: { personId: PersonId; messageId: MessageId },
): Promise<Version[]> {
  return await snapshot(ctx, async (tx) => {
    const seen = await findVisibleById(tx, input.personId, input.messageId);
    if (seen === null) throw new Refusal("not_found");
    const versions = await findVersions(tx, input.messageId);
    // Whoever went sees none that came after.
    return versions.filter(({ version }) => version <= seen.version);
  });
}

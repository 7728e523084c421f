import type { DraftRow } from "#domain/drafts.ts";
import type { FolderRow } from "#domain/folders.ts";
import type { Draft, Folder } from "#protocol/types.ts";

/** A part of somebody's own list. */
export function presentFolder({ id, name, rank }: FolderRow): Folder {
  return { id, name, rank };
}

/** What somebody has begun to write. */
export function presentDraft(row: DraftRow): Draft {
  const { conversationId, text, inReplyTo, changedAt } = row;
  return { conversationId, text: text ?? "", inReplyTo, changedAt: changedAt.toISOString() };
}

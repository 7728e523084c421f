import { lockConversations, type MemberRow } from "#db/conversations.ts";
import { findMarked, stampRead, updateFormerSide, updateSide, type SideRow } from "#db/sides.ts";
import type { Transaction } from "#db/connect.ts";
import { countFolders } from "#db/folders.ts";
import { takeNumber } from "#db/people.ts";
import { findSummary, findUnreadIds, type SummaryRow } from "#db/views.ts";
import type { ConversationId, FolderId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { accessMember, noteMembership } from "./conversations.ts";
import { readUpTo } from "./receipts.ts";
import { snapshot } from "./snapshot.ts";
import { record, transact } from "./transact.ts";

interface Side {
  personId: PersonId;
  conversationId: ConversationId;
}

/** What one member gives and gets in one conversation; null follows their preference. */
export type Sharing = Pick<MemberRow, "receipts" | "typing" | "presence">;

/** What somebody decides about their own side of a conversation; what is left out stays. */
export interface SideChange {
  sharing?: Partial<Sharing>;
  pinned?: boolean;
  archived?: boolean;
  mute?: { mode: "all" | "mentions"; until: Date | null } | null;
  /** Marking as unread moves no mark: it only stands out until something is read. */
  markedUnread?: boolean;
  folderIds?: FolderId[];
}

/** Changes somebody's own side of a conversation. What is as it was changes nothing. Whoever went may still put it away and file it. */
export async function changeMembership(ctx: Context, input: Side & { change: SideChange }): Promise<void> {
  await transact(ctx, async (tx) => {
    const { change, personId, conversationId } = input;
    await lockConversations(tx, [conversationId]);
    const before = await findSummary(tx, personId, conversationId);
    if (before === null) throw new Refusal("not_found");
    const isGone = before.member.leftRevision !== null;
    const { archived: _, folderIds, ...others } = change;
    if (isGone && Object.keys(others).length > 0) throw new Refusal("not_found");
    const side = changesOf(before, change, ctx.now());
    if (Object.keys(side).length === 0) return;
    const number = await takeNumber(tx, personId);
    if (folderIds !== undefined) await checkFolders(tx, personId, folderIds);
    const key = { personId, conversationId };
    await (isGone ? updateFormerSide : updateSide)(tx, key, { ...side, number });
    const meets = ["receipts", "typing", "presence"].some((name) => name in side);
    record(tx, "membership.changed", { ...key, number, meets });
  });
}

/** The columns that are to be others than they are. */
function changesOf(before: SummaryRow, change: SideChange, now: Date): Partial<SideRow> {
  const { member, archivedAt, folderIds } = before;
  const side: Partial<SideRow> = {};
  const { sharing = {}, mute, pinned, archived, markedUnread } = change;
  for (const [name, chosen] of Object.entries(sharing) as [keyof Sharing, boolean | null][])
    if (member[name] !== chosen) side[name] = chosen;
  if (pinned !== undefined && pinned !== (member.pinnedAt !== null)) side.pinnedAt = pinned ? now : null;
  if (markedUnread !== undefined && markedUnread !== member.markedUnread) side.markedUnread = markedUnread;
  const until = mute?.until ?? null;
  const isOther =
    (mute?.mode ?? null) !== member.mute || until?.getTime() !== (member.muteUntil?.getTime() ?? undefined);
  if (mute !== undefined && isOther) {
    side.mute = mute?.mode ?? null;
    side.muteUntil = until;
    // What was put away stays so, whatever came while it was muted.
    if (archivedAt !== null) side.archivedAt = now;
  }
  if (archived !== undefined && archived !== (archivedAt !== null)) side.archivedAt = archived ? now : null;
  const filed = change.folderIds && [...new Set(change.folderIds)].toSorted();
  if (filed !== undefined && filed.join() !== folderIds.join()) side.folderIds = filed;
  return side;
}

async function checkFolders(tx: Transaction, personId: PersonId, ids: readonly FolderId[]): Promise<void> {
  const own = await countFolders(tx, personId, ids);
  if (own !== new Set(ids).size) throw new Refusal("not_found", { field: "folderIds" });
}

/** Marks everything up to a position as read; a mark never falls. Refuses a position that does not exist yet. */
export async function markRead(ctx: Context, input: Side & { position: number }): Promise<void> {
  await transact(ctx, async (tx) => {
    const { personId, conversationId, position } = input;
    const [conversation] = await lockConversations(tx, [conversationId]);
    const { markedUnread } = await accessMember(tx, personId, conversationId);
    if (conversation === undefined) throw new Refusal("not_found");
    if (position > conversation.position) throw new Refusal("position_ahead", { field: "position" });
    const risen = await readUpTo(ctx, tx, { personId, upTo: [{ conversation, position }] });
    if (markedUnread) await updateSide(tx, input, { markedUnread: false });
    if (markedUnread || risen.size > 0) await noteMembership(tx, input);
  });
}

/** Most conversations that are locked together. */
const BATCH = 100;

/** Reads all conversations that somebody has accepted to their ends, many in one transaction; only those change in which something was left. */
export async function readAll(ctx: Context, personId: PersonId): Promise<void> {
  const ids = await snapshot(ctx, (tx) => findUnreadIds(tx, personId));
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    await transact(ctx, (tx) => readBatch(ctx, tx, { personId, ids: batch }));
  }
}

async function readBatch(
  ctx: Context,
  tx: Transaction,
  { personId, ids }: { personId: PersonId; ids: ConversationId[] },
): Promise<void> {
  const conversations = await lockConversations(tx, ids);
  const marked = await findMarked(tx, personId, ids);
  const upTo = conversations.map((conversation) => ({ conversation, position: conversation.position }));
  const risen = await readUpTo(ctx, tx, { personId, upTo });
  const changed = ids.filter((id) => risen.has(id) || marked.includes(id));
  if (changed.length === 0) return;
  const last = await takeNumber(tx, personId, changed.length);
  const stamps = changed.map((conversationId, index) => {
    return { conversationId, number: last - changed.length + 1 + index };
  });
  await stampRead(tx, personId, stamps);
  for (const stamp of stamps) record(tx, "membership.changed", { personId, ...stamp, meets: false });
}

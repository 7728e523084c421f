import { findMembers } from "#db/conversations.ts";
import { findDrafts, type DraftRow } from "#db/drafts.ts";
import { countFolders } from "#db/folders.ts";
import { findFormer, findMembersAsLeft } from "#db/former.ts";
import type { Transaction } from "#db/connect.ts";
import { findPositionAt } from "#db/moments.ts";
import { findMessagesByIds, type MessageRow } from "#db/messages.ts";
import { findDeliveryStates } from "#db/outbox.ts";
import type { KnownPerson } from "#db/people.ts";
import { findSavedAmong } from "#db/saved.ts";
import {
  findChangedSince,
  findSlice,
  findVisibleById,
  seenFrom,
  type ShownMessage,
  type Viewer,
} from "#db/sight.ts";
import { findPlaces, type ListFilter, type ListPlace } from "#db/list.ts";
import { findSide, findSummariesByIds, findSummary, type SummaryRow } from "#db/views.ts";
import { FORMER } from "#lib/group-limits.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { snapshot } from "./snapshot.ts";

export type { ListPlace, MessageRow, ShownMessage };

/** A conversation as one of its members sees it, with everybody who is in it. */
export interface View extends SummaryRow {
  members: ({ role: Role; shownPosition: number } & KnownPerson)[];
  /** Who was in it while the viewer was and went, the last to go first. */
  former: KnownPerson[];
  /** The newest message that the viewer may see; what was put under it stays out. */
  last: ShownMessage | null;
  /** What the viewer has begun to write. */
  draft: DraftRow | null;
  /** How other servers took `last`, when it is the viewer's own. */
  lastDeliveries: DeliveryState[];
}

export type DeliveryState = Awaited<ReturnType<typeof findDeliveryStates>>[number];

/** Loads a conversation for somebody who belongs to it; refuses `not_found` to everybody else. */
export async function readConversation(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<View> {
  return await snapshot(ctx, (tx) => loadView(tx, input));
}

/** Those of these conversations that are somebody's. */
export async function readConversations(
  ctx: Context,
  { personId, ids }: { personId: PersonId; ids: readonly ConversationId[] },
): Promise<View[]> {
  return await snapshot(ctx, async (tx) => completeViews(tx, await findSummariesByIds(tx, personId, ids)));
}

/** Which conversations, and from where on; without more, those in one state. */
export interface ListConversations extends Partial<Omit<ListFilter, "states">> {
  personId: PersonId;
  /** `left`: those that one left or had to leave. */
  state: "accepted" | "request" | "declined" | "left";
  before: ListPlace | null;
  limit: number;
}

/** A page of somebody's conversations: pinned ones first, then newest activity first. Refuses an unknown folder. */
export async function listConversations(
  ctx: Context,
  input: ListConversations,
): Promise<{ views: View[]; next: ListPlace | null }> {
  return await snapshot(ctx, async (tx) => {
    const { personId, state, before, limit, ...some } = input;
    const states = state === "left" ? (["left", "removed", "banned"] as const) : [state];
    const filter = { archived: null, folderId: null, isUnread: false, name: null, ...some, states };
    if (filter.folderId !== null && (await countFolders(tx, personId, [filter.folderId])) === 0)
      throw new Refusal("not_found", { field: "folder" });
    const places = await findPlaces(tx, { personId, filter }, { before, limit: limit + 1 });
    const page = places.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const views = await completeViews(tx, await findSummariesByIds(tx, personId, ids));
    const byId = new Map(views.map((view) => [view.conversation.id, view]));
    return { views: ids.map((id) => byId.get(id)!), next: places.length > limit ? page.at(-1)! : null };
  });
}

/** Adds to each summary who is in the conversation and what was said last; one query each for all of them. */
export async function completeViews(tx: Transaction, rows: readonly SummaryRow[]): Promise<View[]> {
  if (rows.length === 0) return [];
  const all = await findMembers(
    tx,
    rows.filter(({ member }) => member.leftRevision === null).map(({ conversation }) => conversation.id),
  );
  const bygone = await findBygone(tx, rows);
  const lasts = await findMessagesByIds(
    tx,
    rows.flatMap(({ lastId }) => lastId ?? []),
  );
  const own = rows.filter(({ lastId, member }) =>
    lasts.some(({ id, authorId }) => id === lastId && authorId === member.personId),
  );
  const states = await findDeliveryStates(
    tx,
    own.flatMap(({ lastId }) => lastId ?? []),
  );
  const drafts = await findDrafts(
    tx,
    rows[0]!.member.personId,
    rows.map(({ conversation }) => conversation.id),
  );
  const byConversation = Map.groupBy(all, ({ member }) => member.conversationId);
  return rows.map((row) => {
    const { id } = row.conversation;
    const members = byConversation.get(id) ?? [];
    const last = lasts.find((message) => message.id === row.lastId);
    return {
      ...row,
      members: [
        ...members.map(({ member: { role, shownPosition }, ...known }) => ({
          role,
          shownPosition,
          ...known,
        })),
        ...(bygone.members.get(id) ?? []).map((known) => ({
          role: "member" as const,
          shownPosition: 0,
          ...known,
        })),
      ],
      former: bygone.former.get(id) ?? [],
      last: last === undefined ? null : seenFrom({ ...last, reactions: [] }, row.member.personId),
      draft: drafts.find(({ conversationId }) => conversationId === id) ?? null,
      lastDeliveries: states.filter(({ messageId }) => messageId === row.lastId),
    };
  });
}

/** Who went of those with whom the viewer was in groups; and of groups in which they are no more, who was there then. */
async function findBygone(tx: Transaction, rows: readonly SummaryRow[]) {
  const groups = rows.filter(({ conversation }) => conversation.kind === "group");
  const [viewerId] = groups.map(({ member }) => member.personId);
  if (viewerId === undefined) return { former: new Map<never, never>(), members: new Map<never, never>() };
  const idsOf = (some: readonly SummaryRow[]) => some.map(({ conversation }) => conversation.id);
  const gone = groups.filter(({ member }) => member.leftRevision !== null);
  const [former, members] = await Promise.all([
    findFormer(tx, viewerId, { ids: idsOf(groups), limit: FORMER }),
    gone.length === 0 ? [] : findMembersAsLeft(tx, viewerId, idsOf(gone)),
  ]);
  const by = <Row extends { conversationId: ConversationId }>(found: readonly Row[]) =>
    Map.groupBy(found, ({ conversationId }) => conversationId);
  return { former: by(former), members: by(members) };
}

/** Loads a conversation's view within a snapshot that is open already. */
export async function loadView(
  tx: Transaction,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<View> {
  const view = await findView(tx, input);
  if (view === null) throw new Refusal("not_found");
  return view;
}

/** The same, null for whoever it is not there for. */
export async function findView(
  tx: Transaction,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<View | null> {
  const summary = await findSummary(tx, input.personId, input.conversationId);
  const [view] = await completeViews(tx, summary === null ? [] : [summary]);
  return view ?? null;
}

/** Loads only what decides which messages somebody sees; refuses `not_found` as a view does. */
export async function loadSide(
  tx: Transaction,
  input: { personId: PersonId; conversationId: ConversationId },
) {
  const side = await findSide(tx, input.personId, input.conversationId);
  if (side === null) throw new Refusal("not_found");
  return side;
}

export interface ListMessages {
  personId: PersonId;
  conversationId: ConversationId;
  /** On which side of which position; the newest page without. */
  at: { before: number } | { after: number } | { around: number } | { date: Date } | null;
  limit: number;
}

export interface MessageList {
  messages: ShownMessage[];
  deliveries: DeliveryState[];
  /** Those that the viewer keeps. */
  saved: MessageId[];
  hasBefore: boolean;
  hasAfter: boolean;
}

/** A page of history, ascending by position; keyset, so that depth costs nothing. */
export async function listMessages(ctx: Context, input: ListMessages): Promise<MessageList> {
  return await snapshot(ctx, async (tx) => {
    const { position, member } = await loadSide(tx, input);
    const viewer = { ...member, ...input };
    const { at, limit } = input;
    const page = await (async () => {
      if (at !== null && "after" in at) return await forward(tx, viewer, { after: at.after, limit });
      if (at !== null && "around" in at) return await around(tx, viewer, { around: at.around, limit });
      if (at !== null && "date" in at) {
        const first = { at: at.date, upTo: position };
        return await around(tx, viewer, {
          around: await findPositionAt(tx, input.conversationId, first),
          limit,
        });
      }
      return await backward(tx, viewer, { before: at?.before ?? position + 1, limit });
    })();
    const ids = page.messages.map(({ id }) => id);
    const [deliveries, saved] = await Promise.all([
      ownDeliveries(tx, input.personId, page.messages),
      findSavedAmong(tx, input.personId, ids),
    ]);
    return { ...page, deliveries, saved };
  });
}

/** One message with how other servers took it, for somebody who may see it. */
export async function readMessage(
  ctx: Context,
  input: { personId: PersonId; messageId: MessageId },
): Promise<{ message: ShownMessage; deliveries: DeliveryState[] }> {
  return await snapshot(ctx, async (tx) => {
    const message = await findVisibleById(tx, input.personId, input.messageId);
    if (message === null) throw new Refusal("not_found");
    return { message, deliveries: await ownDeliveries(tx, input.personId, [message]) };
  });
}

export interface ConversationChanges {
  messages: ShownMessage[];
  /** The last revision that the answer covers, hidden changes included. */
  through: number;
  more: boolean;
  /** The whole summary as of `through`, when nothing is left. */
  view: View | null;
}

/** What changed in a conversation after revision `after`, each message once in its latest shape. */
export async function readChanges(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId; after: number; limit: number },
): Promise<ConversationChanges> {
  return await snapshot(ctx, async (tx) => {
    const view = await loadView(tx, input);
    const { leftRevision } = view.member;
    // What changed since somebody went hides when it was changed before: they fetch what they kept anew.
    if (leftRevision !== null) return { messages: [], more: false, through: leftRevision, view };
    const viewer = { ...view.member, ...input };
    const upTo = view.conversation.revision;
    const rows = await findChangedSince(tx, viewer, { after: input.after, upTo, limit: input.limit + 1 });
    const messages = rows.slice(0, input.limit);
    const more = rows.length > input.limit;
    return { messages, more, through: more ? messages.at(-1)!.revision : upTo, view: more ? null : view };
  });
}

/** How other servers took those of the messages that are the viewer's own. */
export async function ownDeliveries(tx: Transaction, personId: PersonId, messages: readonly MessageRow[]) {
  const own = messages.filter(({ authorId }) => authorId === personId);
  return await findDeliveryStates(
    tx,
    own.map(({ id }) => id),
  );
}

async function backward(tx: Transaction, viewer: Viewer, at: { before: number; limit: number }) {
  const rows = await findSlice(tx, viewer, { before: at.before, limit: at.limit + 1 });
  const messages = rows.slice(0, at.limit).toReversed();
  const newer = await findSlice(tx, viewer, { after: at.before - 1, limit: 1 });
  return { messages, hasBefore: rows.length > at.limit, hasAfter: newer.length > 0 };
}

async function forward(tx: Transaction, viewer: Viewer, at: { after: number; limit: number }) {
  const rows = await findSlice(tx, viewer, { after: at.after, limit: at.limit + 1 });
  const older = await findSlice(tx, viewer, { before: at.after + 1, limit: 1 });
  return { messages: rows.slice(0, at.limit), hasBefore: older.length > 0, hasAfter: rows.length > at.limit };
}

async function around(tx: Transaction, viewer: Viewer, at: { around: number; limit: number }) {
  const half = Math.ceil(at.limit / 2);
  const before = await backward(tx, viewer, { before: at.around, limit: half });
  const after = await forward(tx, viewer, { after: at.around - 1, limit: half });
  const messages = [...before.messages, ...after.messages];
  return { messages, hasBefore: before.hasBefore, hasAfter: after.hasAfter };
}

import {
  and,
  asc,
  desc,
  eq,
  exists,
  gt,
  isNotNull,
  isNull,
  lt,
  lte,
  not,
  notExists,
  or,
  sql,
} from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { asLeft } from "./as-left.ts";
import type { Database, Queryable } from "./connect.ts";
import type { MessageRow } from "./messages.ts";
import { buildOnce } from "./prepare.ts";
import { reactionsOfMessage, type ShownReaction } from "./reactions.ts";
import { reader } from "./schema/conversations.ts";
import { hiddenMessage, message } from "./schema/messages.ts";

/** A message with what was put under it. */
export type ShownMessage = MessageRow & { reactions: ShownReaction[] };
/** The columns of a message that is shown. */
export const shown = { message, reactions: reactionsOfMessage };

interface ShownRow {
  message: MessageRow;
  reactions: ShownReaction[];
}

/** A message as one viewer sees it: without what people did to it between whom and the viewer a block stood. */
export function toShown({ message, reactions }: ShownRow, viewerId: PersonId): ShownMessage {
  return seenFrom({ ...message, reactions }, viewerId);
}

/** The same of a message that was loaded for several. */
export function seenFrom(shown: ShownMessage, viewerId: PersonId): ShownMessage {
  const reactions = shown.reactions.filter(({ withheldFrom }) => !withheldFrom.includes(viewerId));
  const seen = { ...shown, reactions };
  return shown.pinWithheldFrom.includes(viewerId) ? { ...seen, pinnedAt: null, pinnedBy: null } : seen;
}

/** From whom something is withheld of what was done to a message. */
export function withheldWithin(shown: ShownMessage): Set<PersonId> {
  return new Set([...shown.pinWithheldFrom, ...shown.reactions.flatMap(({ withheldFrom }) => withheldFrom)]);
}

/** What `viewer` may see of a conversation: nothing withheld, nothing hidden, nothing from before they joined or after they went. */
export interface Viewer {
  conversationId: ConversationId;
  personId: PersonId;
  historyAfter: number;
  /** Null for members. */
  historyUntil: number | null;
  /** The conversation's number when they went; null for members. */
  leftRevision: number | null;
}

/** The rule of sight, for every read of messages: of a viewer, or of whoever is the member in a query. */
export function visibleTo(q: Queryable, viewer: Viewer | typeof reader) {
  const hidden = q
    .select({ one: sql`1` })
    .from(hiddenMessage)
    .where(and(eq(hiddenMessage.personId, viewer.personId), eq(hiddenMessage.messageId, message.id)));
  return and(
    eq(message.conversationId, viewer.conversationId),
    gt(message.position, viewer.historyAfter),
    isUntil(viewer.historyUntil),
    not(isWithheldFrom(viewer.personId)),
    notExists(hidden),
  )!;
}

/** Whether a message came before somebody went; null for members. */
export function isUntil(until: Viewer["historyUntil"] | typeof reader.historyUntil) {
  if (until === null) return undefined;
  return typeof until === "number"
    ? lte(message.position, until)
    : or(isNull(until), lte(message.position, until));
}

/** Whether a message was kept from somebody for good: they blocked its author then, or were not addressed. */
export function isWithheldFrom(personId: PersonId | typeof reader.personId) {
  return sql`${personId} = any(${message.withheldFrom})`;
}

/** The rule of sight for messages of any conversation. */
export function seenBy(q: Queryable, personId: PersonId) {
  const isReader = and(eq(reader.personId, personId), visibleTo(q, reader));
  return exists(
    q
      .select({ one: sql`1` })
      .from(reader)
      .where(isReader),
  );
}

const seenQuery = buildOnce((db) => {
  // Whoever went meanwhile is not shown what was done since.
  const seeing = db
    .select({ one: sql`1` })
    .from(reader)
    .where(
      and(
        eq(reader.personId, sql`told.id`),
        visibleTo(db, reader),
        or(isNull(reader.leftRevision), lte(message.revision, reader.leftRevision)),
      ),
    );
  const blind = sql`select told.id from unnest(${sql.placeholder("people")}::uuid[]) as told (id)
    where ${notExists(seeing)}`;
  return db
    .select({ ...shown, blind: sql<PersonId[]>`array(${blind})` })
    .from(message)
    .where(eq(message.id, sql.placeholder("id")))
    .prepare("find_seen");
});

/** A message, and who of `people` may not see it. */
export async function findSeen(
  db: Database,
  id: MessageId,
  people: readonly PersonId[],
): Promise<{ message: ShownMessage; blind: PersonId[] } | null> {
  const rows = await seenQuery(db).execute({ id, people: [...people] });
  return rows[0] === undefined
    ? null
    : { message: { ...rows[0].message, reactions: rows[0].reactions }, blind: rows[0].blind };
}

/** The pinned messages of a conversation (their number is limited) that a viewer may see, newest pin first. */
export async function findPinned(q: Queryable, viewer: Viewer): Promise<ShownMessage[]> {
  if (viewer.leftRevision !== null) return [];
  const rows = await q
    .select(shown)
    .from(message)
    .where(
      and(
        visibleTo(q, viewer),
        isNotNull(message.pinnedAt),
        not(sql`${viewer.personId} = any(${message.pinWithheldFrom})`),
      ),
    )
    .orderBy(desc(message.pinnedAt), desc(message.id));
  return rows.map((row) => toShown(row, viewer.personId));
}

/** One message, if this person may see it. */
export async function findVisibleById(
  q: Queryable,
  personId: PersonId,
  id: MessageId,
): Promise<ShownMessage | null> {
  const rows = await q
    .select({ ...shown, leftRevision: reader.leftRevision })
    .from(message)
    .innerJoin(reader, and(eq(reader.conversationId, message.conversationId), eq(reader.personId, personId)))
    .where(and(eq(message.id, id), visibleTo(q, reader)));
  const [found] = rows;
  if (found === undefined) return null;
  const [seen] = await asLeft(q, found, [toShown(found, personId)]);
  return seen!;
}

export type Slice = { before: number } | { after: number };

/** A keyset page on one side of a position, nearest first. */
export async function findSlice(q: Queryable, viewer: Viewer, slice: Slice & { limit: number }) {
  const backward = "before" in slice;
  const rows = await q
    .select(shown)
    .from(message)
    .where(
      and(
        visibleTo(q, viewer),
        backward ? lt(message.position, slice.before) : gt(message.position, slice.after),
      ),
    )
    .orderBy(backward ? desc(message.position) : asc(message.position))
    .limit(slice.limit);
  return await asLeft(
    q,
    viewer,
    rows.map((row) => toShown(row, viewer.personId)),
  );
}

/** Messages changed after a revision, in the order of their latest change. */
export async function findChangedSince(
  q: Queryable,
  viewer: Viewer,
  range: { after: number; upTo: number; limit: number },
) {
  const rows = await q
    .select(shown)
    .from(message)
    .where(and(visibleTo(q, viewer), gt(message.revision, range.after), lte(message.revision, range.upTo)))
    .orderBy(asc(message.revision))
    .limit(range.limit);
  return rows.map((row) => toShown(row, viewer.personId));
}

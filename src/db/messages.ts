import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, notExists, or, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Since } from "./people.ts";
import type { Database, Queryable, Transaction } from "./connect.ts";
import { buildOnce } from "./prepare.ts";
import { member } from "./schema/conversations.ts";
import { hiddenMessage, idempotencyKey, message, messageVersion } from "./schema/messages.ts";

export type MessageRow = typeof message.$inferSelect;
export type NewMessage = typeof message.$inferInsert;
export type KeyRow = typeof idempotencyKey.$inferInsert;

/** Inserts messages with their first versions. A unique violation means that one of them is there already. */
export async function insertMessages(tx: Transaction, rows: readonly NewMessage[]): Promise<MessageRow[]> {
  const versions = rows.map(({ id, text, html, receivedAt }) => {
    return { messageId: id, version: 1, text, html, at: receivedAt };
  });
  const [inserted] = await Promise.all([
    tx
      .insert(message)
      .values([...rows])
      .returning(),
    tx.insert(messageVersion).values(versions),
  ]);
  return inserted;
}

export async function insertKeys(tx: Transaction, rows: readonly KeyRow[]): Promise<void> {
  if (rows.length > 0) await tx.insert(idempotencyKey).values([...rows]);
}

/** Earlier sends under these keys; one round trip for all. */
export async function findKeys(q: Queryable, keys: readonly Pick<KeyRow, "personId" | "client" | "key">[]) {
  if (keys.length === 0) return [];
  const sought = keys.map(({ personId, client, key }) => sql`(${personId}::uuid, ${client}, ${key})`);
  const column = sql`(${idempotencyKey.personId}, ${idempotencyKey.client}, ${idempotencyKey.key})`;
  return await q
    .select()
    .from(idempotencyKey)
    .where(sql`${column} in (${sql.join(sought, sql`, `)})`);
}

export async function findMessagesByIds(q: Queryable, ids: readonly MessageId[]): Promise<MessageRow[]> {
  return ids.length === 0
    ? []
    : await q
        .select()
        .from(message)
        .where(inArray(message.id, [...ids]));
}

export async function findMessagesByUris(q: Queryable, uris: readonly string[]): Promise<MessageRow[]> {
  return uris.length === 0
    ? []
    : await q
        .select()
        .from(message)
        .where(inArray(message.uri, [...uris]));
}

/**
 * The parent to name on the wire for each message: the one that it answers, else the newest before it. Only messages
 * that stand and that its author and all its recipients wrote or were sent count, because a parent that a recipient's
 * server cannot fetch makes some servers drop the reply.
 */
export async function findWireParents(
  q: Queryable,
  ids: readonly MessageId[],
): Promise<Map<MessageId, MessageId>> {
  const rows = await q.execute<{ id: MessageId; parent: MessageId | null }>(sql`
    select m.id, coalesce(explicit.id, implicit.id) as parent
    from message m
    left join message explicit on explicit.id = m.in_reply_to and explicit.deleted_at is null
      and (explicit.audience || explicit.author_id) @> (m.audience || m.author_id)
    left join lateral (
      select p.id from message p
      where p.conversation_id = m.conversation_id and p.position < m.position and p.deleted_at is null
        and (p.audience || p.author_id) @> (m.audience || m.author_id)
      order by p.position desc limit 1
    ) implicit on true
    where m.id = any (${sql.param([...ids])}::uuid[])`);
  return new Map(rows.flatMap(({ id, parent }) => (parent === null ? [] : [[id, parent] as const])));
}

export interface NewBody {
  text: string;
  html: string | null;
  at: Date;
  updatedAt: Date | null;
}

/** Puts a new version in the place of a locked message. */
export async function updateMessageBody(
  tx: Transaction,
  row: MessageRow,
  body: NewBody & { revision: number },
) {
  const { text, html, revision, at, updatedAt } = body;
  const version = row.version + 1;
  const [rows] = await Promise.all([
    tx
      .update(message)
      .set({ text, html, revision, version, editedAt: at, updatedAt })
      .where(eq(message.id, row.id))
      .returning(),
    tx.insert(messageVersion).values({ messageId: row.id, version, text, html, at }),
  ]);
  return rows[0]!;
}

/** Leaves only the fact that there was a message: no version of its body stays. */
export async function buryMessage(
  tx: Transaction,
  id: MessageId,
  facts: { revision: number; deletedAt: Date },
) {
  const [rows] = await Promise.all([
    tx
      .update(message)
      .set({ ...facts, text: null, html: null, opaque: null, mediaType: null })
      .where(eq(message.id, id))
      .returning(),
    tx.delete(messageVersion).where(eq(messageVersion.messageId, id)),
  ]);
  return rows[0]!;
}

export async function findVersion(q: Queryable, messageId: MessageId, version: number) {
  const where = and(eq(messageVersion.messageId, messageId), eq(messageVersion.version, version));
  const rows = await q.select().from(messageVersion).where(where);
  return rows[0] ?? null;
}

/** Hides a message from one person; answers false when it was hidden already. */
export async function insertHidden(
  tx: Transaction,
  row: typeof hiddenMessage.$inferInsert,
): Promise<boolean> {
  const rows = await tx.insert(hiddenMessage).values(row).onConflictDoNothing().returning();
  return rows.length === 1;
}

export async function findHiddenSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select()
    .from(hiddenMessage)
    .where(and(eq(hiddenMessage.personId, personId), gt(hiddenMessage.number, since.after)))
    .orderBy(asc(hiddenMessage.number))
    .limit(since.limit);
}

const seenQuery = buildOnce((db) => {
  const isHidden = and(eq(hiddenMessage.personId, member.personId), eq(hiddenMessage.messageId, message.id));
  const blind = db
    .select({ id: member.personId })
    .from(member)
    .leftJoin(hiddenMessage, isHidden)
    .where(
      and(
        eq(member.conversationId, message.conversationId),
        sql`${member.personId} = any(${sql.placeholder("people")}::uuid[])`,
        or(sql`${hiddenMessage.messageId} is not null`, sql`${member.historyAfter} >= ${message.position}`),
      ),
    );
  return db
    .select({ message, blind: sql<PersonId[]>`array(${blind})` })
    .from(message)
    .where(eq(message.id, sql.placeholder("id")))
    .prepare("find_seen");
});

/** A message, and who of `people` may not see it: those who hid it, and those who joined after it. */
export async function findSeen(
  db: Database,
  id: MessageId,
  people: readonly PersonId[],
): Promise<{ message: MessageRow; blind: PersonId[] } | null> {
  const rows = await seenQuery(db).execute({ id, people: [...people] });
  return rows[0] ?? null;
}

/** What `viewer` may see of a conversation: nothing hidden, nothing from before they joined. */
export interface Viewer {
  conversationId: ConversationId;
  personId: PersonId;
  historyAfter: number;
}

/** The rule of sight, for every read of messages. */
export function visibleTo(q: Queryable, viewer: Viewer) {
  const hidden = q
    .select({ one: sql`1` })
    .from(hiddenMessage)
    .where(and(eq(hiddenMessage.personId, viewer.personId), eq(hiddenMessage.messageId, message.id)));
  return and(
    eq(message.conversationId, viewer.conversationId),
    gt(message.position, viewer.historyAfter),
    notExists(hidden),
  );
}

/** One message, if this person may see it. */
export async function findVisibleById(
  q: Queryable,
  personId: PersonId,
  id: MessageId,
): Promise<MessageRow | null> {
  const rows = await q
    .select({ message })
    .from(message)
    .innerJoin(member, and(eq(member.conversationId, message.conversationId), eq(member.personId, personId)))
    .leftJoin(
      hiddenMessage,
      and(eq(hiddenMessage.messageId, message.id), eq(hiddenMessage.personId, personId)),
    )
    .where(
      and(eq(message.id, id), isNull(hiddenMessage.messageId), gt(message.position, member.historyAfter)),
    );
  return rows[0]?.message ?? null;
}

export type Slice = { before: number } | { after: number };

/** A keyset page on one side of a position, nearest first. */
export async function findSlice(q: Queryable, viewer: Viewer, slice: Slice & { limit: number }) {
  const backward = "before" in slice;
  return await q
    .select()
    .from(message)
    .where(
      and(
        visibleTo(q, viewer),
        backward ? lt(message.position, slice.before) : gt(message.position, slice.after),
      ),
    )
    .orderBy(backward ? desc(message.position) : asc(message.position))
    .limit(slice.limit);
}

/** Messages changed after a revision, in the order of their latest change. */
export async function findChangedSince(
  q: Queryable,
  viewer: Viewer,
  range: { after: number; upTo: number; limit: number },
) {
  return await q
    .select()
    .from(message)
    .where(and(visibleTo(q, viewer), gt(message.revision, range.after), lte(message.revision, range.upTo)))
    .orderBy(asc(message.revision))
    .limit(range.limit);
}

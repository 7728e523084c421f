import { and, asc, desc, eq, getTableColumns, gt, isNotNull, lte, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Since } from "./people.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce, isAmong, writeOnce } from "./prepare.ts";
import { rowsFor } from "./rows.ts";
import { deleteEntries } from "./search-index.ts";
import { hiddenMessage, idempotencyKey, message, messageVersion } from "./schema/messages.ts";

export type MessageRow = typeof message.$inferSelect;
export type KeyRow = typeof idempotencyKey.$inferInsert;

/** What a message brings; the rest of it comes later, if ever. */
const brought = [
  "id",
  "conversationId",
  "authorId",
  "uri",
  "position",
  "revision",
  "text",
  "html",
  "form",
  "inReplyTo",
  "forwarded",
  "notice",
  "seq",
  "chatEpoch",
  "late",
  "omitted",
  "alsoTo",
  "vouched",
  "expiresAt",
  "withheldFrom",
  "mentions",
  "audience",
  "key",
  "sentAt",
  "receivedAt",
] as const;
const newMessages = rowsFor(message, brought);

export type NewMessage = Pick<MessageRow, (typeof brought)[number]>;

const insertion = writeOnce(
  () => sql`
  with new as (
    insert into ${message} (${newMessages.names}) ${newMessages.select} returning id, version, text, html, revision, received_at
  )
  insert into ${messageVersion} (message_id, version, text, html, revision, at) select * from new`,
);

/** What a message has that was only just made. */
const blank = Object.fromEntries(
  Object.entries(getTableColumns(message)).map(([key, column]) => [key, column.default ?? null]),
);

/** Inserts messages with their first versions. A unique violation means that one of them is there already. */
export async function insertMessages(tx: Transaction, rows: readonly NewMessage[]): Promise<MessageRow[]> {
  await insertion(tx).execute(newMessages.values(rows));
  return rows.map((row) => ({ ...blank, ...row }) as MessageRow);
}

const newKeys = rowsFor(idempotencyKey, ["personId", "client", "key", "digest", "messageId", "createdAt"]);
const keysInsertion = writeOnce(
  () => sql`insert into ${idempotencyKey} (${newKeys.names}) ${newKeys.select}`,
);

export async function insertKeys(tx: Transaction, rows: readonly KeyRow[]): Promise<void> {
  if (rows.length > 0) await keysInsertion(tx).execute(newKeys.values(rows));
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

const byIds = buildOnce((db) =>
  db.select().from(message).where(isAmong(message.id, "ids")).prepare("messages"),
);

export async function findMessagesByIds(q: Queryable, ids: readonly MessageId[]): Promise<MessageRow[]> {
  return ids.length === 0 ? [] : await byIds(q).execute({ ids });
}

const byUris = buildOnce((db) =>
  db.select().from(message).where(isAmong(message.uri, "uris")).prepare("messages_by_uri"),
);

export async function findMessagesByUris(q: Queryable, uris: readonly string[]): Promise<MessageRow[]> {
  return uris.length === 0 ? [] : await byUris(q).execute({ uris });
}

/** In which form the newest message from elsewhere came into each conversation. */
export async function findLastForms(q: Queryable, ids: readonly ConversationId[]) {
  if (ids.length === 0) return [];
  // One step back in each conversation, however long it is.
  return await q.execute<{ id: ConversationId; form: MessageRow["form"] }>(sql`
    select sought.id, last.form from unnest(${sql.param([...ids])}::uuid[]) as sought (id)
    cross join lateral (
      select m.form from message m where m.conversation_id = sought.id and m.uri is not null
      order by m.position desc limit 1
    ) last`);
}

export interface NewBody {
  text: string;
  html: string | null;
  mentions: PersonId[];
  at: Date;
  updatedAt: Date | null;
}

/** Marks a message as changed by something that was done to it. */
export async function updateMessage(
  tx: Transaction,
  id: MessageId,
  set: { revision: number } & Partial<Pick<MessageRow, "pinnedAt" | "pinnedBy" | "pinWithheldFrom">>,
): Promise<void> {
  await tx.update(message).set(set).where(eq(message.id, id));
}

/** Most texts of one message that are shown, and that are kept of one of another server: it may change it without end. */
const VERSIONS = 100;

/** Puts a new version in the place of a locked message. */
export async function updateMessageBody(
  tx: Transaction,
  row: MessageRow,
  body: NewBody & { revision: number },
) {
  const { text, html, mentions, revision, at, updatedAt } = body;
  const version = row.version + 1;
  const rows = await tx
    .update(message)
    .set({ text, html, mentions, revision, version, editedAt: at, updatedAt })
    .where(eq(message.id, row.id))
    .returning();
  // Only now: whoever was making the older words findable has ended.
  await Promise.all([
    tx.insert(messageVersion).values({ messageId: row.id, version, text, html, revision, at }),
    deleteEntries(tx, [row.id]),
    // Of our own people's, what still waits for other servers is made from the version that it announces.
    ...(row.uri === null ? [] : [deleteVersions(tx, row.id, version - VERSIONS)]),
  ]);
  return rows[0]!;
}

async function deleteVersions(tx: Transaction, messageId: MessageId, upTo: number): Promise<void> {
  await tx
    .delete(messageVersion)
    .where(and(eq(messageVersion.messageId, messageId), lte(messageVersion.version, upTo)));
}

export async function findVersion(q: Queryable, messageId: MessageId, version: number) {
  const where = and(eq(messageVersion.messageId, messageId), eq(messageVersion.version, version));
  const rows = await q.select().from(messageVersion).where(where);
  return rows[0] ?? null;
}

/** Hides a message from one person who sees it. */
export async function insertHidden(tx: Transaction, row: typeof hiddenMessage.$inferInsert): Promise<void> {
  await tx.insert(hiddenMessage).values(row);
}

export async function findHiddenSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select()
    .from(hiddenMessage)
    .where(and(eq(hiddenMessage.personId, personId), gt(hiddenMessage.number, since.after)))
    .orderBy(asc(hiddenMessage.number))
    .limit(since.limit);
}

/** The newest versions of a message, oldest first. */
export async function findVersions(q: Queryable, messageId: MessageId) {
  const newest = await q
    .select()
    .from(messageVersion)
    .where(eq(messageVersion.messageId, messageId))
    .orderBy(desc(messageVersion.version))
    .limit(VERSIONS);
  return newest.toReversed();
}

/** How many messages of a conversation are pinned. */
export async function countPinned(q: Queryable, conversationId: ConversationId): Promise<number> {
  return await q.$count(
    message,
    and(eq(message.conversationId, conversationId), isNotNull(message.pinnedAt)),
  );
}

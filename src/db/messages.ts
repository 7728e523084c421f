import { and, asc, desc, eq, gt, isNotNull, lte, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Since } from "./people.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce, isAmong, writeOnce } from "./prepare.ts";
import { deleteEntries } from "./search-index.ts";
import { hiddenMessage, idempotencyKey, message, messageVersion } from "./schema/messages.ts";

export type MessageRow = typeof message.$inferSelect;
export type KeyRow = typeof idempotencyKey.$inferInsert;

const sentKeys = writeOnce<typeof idempotencyKey.$inferSelect>(
  () => sql`
  select k.person_id as "personId", k.client, k.key, k.digest, k.message_id as "messageId"
  from unnest(
    ${sql.placeholder("people")}::uuid[], ${sql.placeholder("clients")}::text[], ${sql.placeholder("keys")}::text[]
  ) as sought (person_id, client, key) join ${idempotencyKey} k using (person_id, client, key)`,
);

/** Earlier sends under these keys; one round trip for all. */
export async function findKeys(q: Queryable, keys: readonly Pick<KeyRow, "personId" | "client" | "key">[]) {
  if (keys.length === 0) return [];
  return await sentKeys(q).execute({
    people: keys.map(({ personId }) => personId),
    clients: keys.map(({ client }) => client),
    keys: keys.map(({ key }) => key),
  });
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

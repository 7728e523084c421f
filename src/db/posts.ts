import { getTableColumns, sql } from "drizzle-orm";
import { bumping, bumpValues, type Bump } from "./conversations.ts";
import type { Transaction } from "./connect.ts";
import type { KeyRow, MessageRow } from "./messages.ts";
import { writeOnce } from "./prepare.ts";
import type { Risen } from "./receipts.ts";
import { rowsFor } from "./rows.ts";
import { member } from "./schema/conversations.ts";
import { idempotencyKey, message, messageVersion } from "./schema/messages.ts";

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
export type NewMessage = Pick<MessageRow, (typeof brought)[number]>;

const newMessages = rowsFor(message, brought);
const newKeys = rowsFor(
  idempotencyKey,
  ["personId", "client", "key", "digest", "messageId", "createdAt"],
  "key.",
);
const given = (name: string) => sql.placeholder(`given.${name}`);

const withVersions = sql`
  with new as (
    insert into ${message} (${newMessages.names}) ${newMessages.select} returning id, version, text, html, revision, received_at
  ),
  versions as (insert into ${messageVersion} (message_id, version, text, html, revision, at) select * from new)`;

const insertion = writeOnce(
  () => sql`${withVersions},
  keys as (insert into ${idempotencyKey} (${newKeys.names}) ${newKeys.select}),
  marks as (
    update ${member} set
      read_position = greatest(read_position, mark.at),
      shown_position = case when mark.shown::boolean then mark.at else shown_position end,
      marked_unread = marked_unread and read_position >= mark.at
    from unnest(
      ${given("readIn")}::uuid[], ${given("readers")}::uuid[], ${given("read")}::bigint[], ${given("shown")}::text[]
    ) as mark (conversation_id, person_id, at, shown)
    where member.conversation_id = mark.conversation_id and member.person_id = mark.person_id
  )
  ${bumping}`,
);

const alone = writeOnce(() => sql`${withVersions} select from new`);

/** Inserts messages with their first versions, and nothing else. */
export async function insertMessages(tx: Transaction, rows: readonly NewMessage[]): Promise<MessageRow[]> {
  await alone(tx).execute(newMessages.values(rows));
  return rows.map(rowOf);
}

/** What is written with new messages; their conversations are locked. */
export interface Posts {
  messages: readonly NewMessage[];
  /** Under which keys they were sent. */
  keys: readonly KeyRow[];
  /** How far their authors have read now. */
  marks: readonly Risen[];
  bumps: readonly Bump[];
}

/**
 * Writes messages with their first versions and keys, their authors' marks and their conversations' numbers: one
 * statement, however many they are. A unique violation means that one of them is there already.
 */
export async function insertPosts(tx: Transaction, { messages, keys, marks, bumps }: Posts): Promise<void> {
  await insertion(tx).execute({
    ...newMessages.values(messages),
    ...newKeys.values(keys),
    "given.readIn": marks.map(({ conversationId }) => conversationId),
    "given.readers": marks.map(({ personId }) => personId),
    "given.read": marks.map(({ position }) => position),
    "given.shown": marks.map(({ shown }) => String(shown)),
    ...bumpValues(bumps),
  });
}

/** What a message has that was only just made. */
const blank = Object.fromEntries(
  Object.entries(getTableColumns(message)).map(([key, column]) => [key, column.default ?? null]),
);

/** A new message as its row is. */
export function rowOf(post: NewMessage): MessageRow {
  return { ...blank, ...post } as MessageRow;
}

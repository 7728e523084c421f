import { and, eq, sql } from "drizzle-orm";
import type { Id, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { message, reaction } from "./schema/messages.ts";

type ReactionRow = typeof reaction.$inferSelect;

/** One emoji of one person, as far as it is shown. */
export interface ShownReaction {
  emoji: string;
  personId: PersonId;
  customEmojiId: Id<"custom-emoji"> | null;
  withheldFrom: PersonId[];
}

/** The reactions to the message of a row, in the order in which they came; for a select of messages. */
export const reactionsOfMessage = sql<ShownReaction[]>`coalesce((
  select json_agg(json_build_object(
    'emoji', r.emoji, 'personId', r.person_id, 'customEmojiId', r.custom_emoji_id, 'withheldFrom', r.withheld_from
  ) order by r.created_at, r.person_id)
  from reaction r where r.message_id = ${message.id}
), '[]')`;

interface ReactionKey {
  messageId: MessageId;
  personId: PersonId;
  emoji: string;
}

/** Everything that one person has put under a message. */
export async function findOwnReactions(
  q: Queryable,
  key: Omit<ReactionKey, "emoji">,
): Promise<ReactionRow[]> {
  const where = and(eq(reaction.messageId, key.messageId), eq(reaction.personId, key.personId));
  return await q.select().from(reaction).where(where);
}

/** The reaction that came with an activity of another server. */
export async function findReactionByUri(q: Queryable, uri: string): Promise<ReactionRow | null> {
  const rows = await q.select().from(reaction).where(eq(reaction.uri, uri));
  return rows[0] ?? null;
}

export async function insertReaction(tx: Transaction, row: typeof reaction.$inferInsert): Promise<void> {
  await tx.insert(reaction).values(row);
}

export async function deleteReaction(tx: Transaction, key: ReactionKey): Promise<void> {
  const { messageId, personId, emoji } = key;
  await tx
    .delete(reaction)
    .where(
      and(eq(reaction.messageId, messageId), eq(reaction.personId, personId), eq(reaction.emoji, emoji)),
    );
}

import { sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { rowsOf, type Reading } from "./receipts.ts";

/** What another server is told of how far one of our people has read. */
export interface Read extends Pick<Reading, "conversationId" | "personId"> {
  /** The newest message of somebody else that was read. */
  messageId: MessageId;
  /** Those of its people whose servers are of our own kind. */
  recipientIds: PersonId[];
}

/** Whom of which message to tell, for each reading that somebody elsewhere can be told of. */
export async function findReads(tx: Transaction, readings: readonly Reading[]): Promise<Read[]> {
  if (readings.length === 0) return [];
  const rows = await tx.execute<{
    conversation_id: ConversationId;
    person_id: PersonId;
    id: MessageId;
    recipients: PersonId[];
  }>(sql`
    select r.conversation_id, r.person_id, m.id, told.recipients
    from ${rowsOf(readings)}
    join lateral (
      select m.id, m.audience || m.author_id as people from message m
      where m.conversation_id = r.conversation_id and m.position <= r.at and m.author_id <> r.person_id
      order by m.position desc limit 1
    ) m on true
    join lateral (
      select array_agg(p.id) as recipients from member o join person p on p.id = o.person_id
      where o.conversation_id = r.conversation_id and p.id = any (m.people)
        and p.host is not null and p.signals is not null and p.state = 'active'
    ) told on told.recipients is not null`);
  return rows.map(({ conversation_id, person_id, id, recipients }) => {
    return { conversationId: conversation_id, personId: person_id, messageId: id, recipientIds: recipients };
  });
}

/**
 * Makes room for newer readings of the same people in the same conversations: what waits is given up, what was settled
 * is forgotten. Their lanes must be locked.
 */
export async function replaceReads(
  tx: Transaction,
  reads: readonly Pick<Reading, "conversationId" | "personId">[],
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    with older as (
      select a.id from activity a
      join ${rowsOf(reads)} on r.conversation_id = a.conversation_id and r.person_id = a.actor_id
      where a.type = 'Read'
    ),
    replaced as (
      update delivery set state = 'gave-up', changed_at = ${now.toISOString()}
      where activity_id in (select id from older) and state = 'waiting' returning activity_id
    ),
    settled as (
      delete from delivery where activity_id in (select id from older) and state <> 'waiting'
    )
    delete from activity where id in (select id from older except select activity_id from replaced)`);
}

/** Gives up readings that have waited since before `before`. */
export async function endOldReads(q: Queryable, { now, before }: { now: Date; before: Date }): Promise<void> {
  await q.execute(sql`
    update delivery set state = 'gave-up', changed_at = ${now.toISOString()}
    where id in (
      select d.id from delivery d join activity a on a.id = d.activity_id
      where d.state = 'waiting' and d.created_at <= ${before.toISOString()} and a.type = 'Read'
      order by d.id for update of d skip locked
    )`);
}

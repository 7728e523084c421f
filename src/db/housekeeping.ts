import { sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { BATCH, inBatches } from "./in-batches.ts";

/**
 * Deletes tokens that ran out before `before`, and sessions that no token belongs to any more. Of one that an issuer's token opened
 * and somebody ended, it stays which one it was: the issuer may sign further tokens of it, and they are refused.
 */
export async function deleteExpiredTokens(q: Queryable, before: Date): Promise<void> {
  const at = before.toISOString();
  await inBatches(
    q,
    sql`delete from token where hash in (select hash from token where expires_at < ${at} limit ${BATCH})`,
  );
  await inBatches(
    q,
    sql`
    delete from session where id in (
      select s.id from session s
      where s.created_at < ${at} and (s.external_key is null or s.revoked_at is null)
        and not exists (select from token t where t.session_id = s.id)
      limit ${BATCH}
    )`,
  );
  await inBatches(
    q,
    sql`
    update session set address = null, user_agent = null, seen_at = null, name = '' where id in (
      select s.id from session s
      where s.created_at < ${at} and s.external_key is not null and s.revoked_at is not null
        and coalesce(s.address, s.user_agent, s.seen_at::text, nullif(s.name, '')) is not null
        and not exists (select from token t where t.session_id = s.id)
      limit ${BATCH}
    )`,
  );
}

/** Forgets consents that ran out before `before`, and apps that were registered before `unused` and never got a token. */
export async function deleteUnusedApps(q: Queryable, { before, unused }: { before: Date; unused: Date }) {
  await inBatches(
    q,
    sql`
    delete from authorization_code where hash in (
      select hash from authorization_code where expires_at < ${before.toISOString()} limit ${BATCH}
    )`,
  );
  await inBatches(
    q,
    sql`
    delete from app where id in (
      select a.id from app a
      where a.used_at is null and a.created_at < ${unused.toISOString()}
        and not exists (select from authorization_code c where c.app_id = a.id)
      limit ${BATCH}
    )`,
  );
}

/** Deletes idempotency keys made before `before`. */
export async function deleteOldKeys(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from idempotency_key where ctid in (
      select ctid from idempotency_key where created_at < ${before.toISOString()} limit ${BATCH}
    )`,
  );
}

/**
 * Deletes deliveries that were settled before `before`, then activities that nothing refers to any more. The newest
 * activity of a message stays: by it other servers fetch the message for as long as it stands.
 */
export async function deleteOldDeliveries(q: Queryable, before: Date): Promise<void> {
  const at = before.toISOString();
  await inBatches(
    q,
    sql`
    delete from delivery where id in (
      select id from delivery where state <> 'waiting' and changed_at < ${at} limit ${BATCH}
    )`,
  );
  await inBatches(
    q,
    sql`
    delete from activity where id in (
      select a.id from activity a
      where a.created_at < ${at} and not exists (select from delivery d where d.activity_id = a.id)
        and a.type in ('Create', 'Update', 'Delete')
        and exists (
          select from activity b where b.message_id = a.message_id and b.type in ('Create', 'Update', 'Delete')
            and (b.created_at, b.id) > (a.created_at, a.id))
      limit ${BATCH}
    )`,
  );
}

/** Forgets deletions of objects that never came, once they cannot come any more. */
export async function deleteOldTombstones(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from tombstone where ctid in (
      select ctid from tombstone where at < ${before.toISOString()} limit ${BATCH}
    )`,
  );
}

/** Forgets other servers' emoji that were noted before `before` and stand under no message any more. */
export async function deleteUnusedEmoji(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from custom_emoji where id in (
      select e.id from custom_emoji e
      where e.host is not null and e.created_at < ${before.toISOString()}
        and not exists (select from reaction r where r.custom_emoji_id = e.id)
      limit ${BATCH}
    )`,
  );
}

/** Forgets pictures that were made or noted before `before` and that no group has. */
export async function deleteUnusedPictures(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from picture where id in (
      select p.id from picture p
      where p.created_at < ${before.toISOString()}
        and not exists (select from conversation c where c.picture_id = p.id)
      limit ${BATCH}
    )`,
  );
}

/** Forgets what people were called who have another handle since before `before`. */
export async function forgetOldHandles(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    update person set former_handle = null, renamed_at = null where id in (
      select id from person where renamed_at < ${before.toISOString()} limit ${BATCH}
    )`,
  );
}

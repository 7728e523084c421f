import { and, eq, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce } from "./prepare.ts";
import { receivedActivity, tombstone } from "./schema/federation.ts";
import { person } from "./schema/people.ts";

// Built like every other query, so that it keeps its place before those that are sent along with it.
const uriLock = buildOnce((db) =>
  db
    .select({ lock: sql`pg_advisory_xact_lock(hashtextextended(${sql.placeholder("uri")}, 0))` })
    .from(sql`(select) as nothing`)
    .prepare("lock_uri"),
);

/** Makes whoever else handles this address wait until the transaction ends: a Create and its Delete may race. */
export async function lockUri(tx: Transaction, uri: string): Promise<void> {
  await uriLock(tx).execute({ uri });
}

const uriLocks = buildOnce((db) =>
  db
    .select({ lock: sql`pg_advisory_xact_lock(hashtextextended(uri, 0))` })
    .from(sql`(select uri from unnest(${sql.placeholder("uris")}::text[]) as uri order by uri) as sorted`)
    .prepare("lock_uris"),
);

/** The same for several, in one order. */
export async function lockUris(tx: Transaction, uris: readonly string[]): Promise<void> {
  if (uris.length > 0) await uriLocks(tx).execute({ uris: [...new Set(uris)] });
}

const received = buildOnce((db) =>
  db
    .insert(receivedActivity)
    .values({
      uri: sql.placeholder("uri"),
      digest: sql.placeholder("digest"),
      receivedAt: sql.placeholder("receivedAt"),
    })
    .onConflictDoNothing()
    .returning()
    .prepare("insert_received"),
);

/** Notes the id of an activity for ever; answers false when it was there. */
export async function insertReceived(
  tx: Transaction,
  row: typeof receivedActivity.$inferInsert,
): Promise<boolean> {
  const rows = await received(tx).execute(row);
  return rows.length === 1;
}

export async function findReceived(q: Queryable, uri: string) {
  const rows = await q.select().from(receivedActivity).where(eq(receivedActivity.uri, uri));
  return rows[0] ?? null;
}

const tombstoneOf = buildOnce((db) => {
  const owner = db
    .select({ uri: person.uri })
    .from(person)
    .where(eq(person.id, sql.placeholder("personId")));
  return db
    .select()
    .from(tombstone)
    .where(and(eq(tombstone.uri, sql.placeholder("uri")), eq(tombstone.actorUri, owner)))
    .prepare("find_tombstone");
});

/** Whether this person of another server deleted this object before it came. */
export async function findTombstone(q: Queryable, uri: string, personId: PersonId): Promise<boolean> {
  const rows = await tombstoneOf(q).execute({ uri, personId });
  return rows.length === 1;
}

export async function insertTombstone(q: Queryable, row: typeof tombstone.$inferInsert): Promise<void> {
  await q.insert(tombstone).values(row).onConflictDoNothing();
}

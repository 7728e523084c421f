import { and, eq, gt } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import type { Since } from "./people.ts";
import { preference } from "./schema/people.ts";

export type PreferenceRow = typeof preference.$inferSelect;
export type NewPreference = typeof preference.$inferInsert;

/** What somebody chose; null when they never did. */
export async function findPreference(q: Queryable, personId: PersonId): Promise<PreferenceRow | null> {
  const rows = await q.select().from(preference).where(eq(preference.personId, personId));
  return rows[0] ?? null;
}

/** The row itself, if it changed after the person's own number `after`. */
export async function findPreferenceSince(q: Queryable, personId: PersonId, since: Since) {
  const where = and(eq(preference.personId, personId), gt(preference.number, since.after));
  return await q.select().from(preference).where(where);
}

/** Writes some of somebody's choices; the others stay. */
export async function upsertPreference(tx: Transaction, row: NewPreference): Promise<void> {
  await tx.insert(preference).values(row).onConflictDoUpdate({ target: preference.personId, set: row });
}

import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { ServerRole } from "#lib/server-role.ts";
import type { Queryable } from "./connect.ts";
import { isActiveLocal } from "./people.ts";
import { account } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

export async function insertAccount(q: Queryable, row: typeof account.$inferInsert): Promise<void> {
  await q.insert(account).values(row);
}

/** An active local person with what is needed to check their password. */
export async function findAccountByHandle(q: Queryable, handle: string) {
  const isTheirs = sql`lower(${person.handle}) = lower(${handle})`;
  const rows = await q
    .select({ person, account })
    .from(person)
    .innerJoin(account, eq(account.personId, person.id))
    .where(and(isActiveLocal, isTheirs));
  return rows[0] ?? null;
}

export async function findAccounts(q: Queryable) {
  return await q
    .select({
      personId: person.id,
      handle: person.handle,
      role: account.role,
      createdAt: account.createdAt,
      state: person.state,
    })
    .from(account)
    .innerJoin(person, eq(account.personId, person.id))
    .orderBy(asc(account.createdAt), asc(person.id));
}

/** The handles of those who have one of some roles. */
export async function findHandlesOf(
  q: Queryable,
  roles: readonly ServerRole[],
): Promise<{ personId: PersonId; handle: string }[]> {
  return await q
    .select({ personId: person.id, handle: sql<string>`lower(${person.handle})` })
    .from(account)
    .innerJoin(person, eq(person.id, account.personId))
    .where(inArray(account.role, roles));
}

export async function findAccountRole(q: Queryable, personId: PersonId) {
  const rows = await q.select({ role: account.role }).from(account).where(eq(account.personId, personId));
  return rows[0]?.role ?? null;
}

/** How many people can sign in, and how many of them administer. */
export async function countAccounts(q: Queryable): Promise<{ all: number; admins: number }> {
  const rows = await q
    .select({
      all: sql<number>`count(*)::int`,
      admins: sql<number>`(count(*) filter (where ${account.role} in ('owner', 'admin')))::int`,
    })
    .from(account);
  return rows[0]!;
}

/** What somebody's password is kept as. */
export async function findPasswordHash(q: Queryable, personId: PersonId): Promise<string | null> {
  const rows = await q
    .select({ hash: account.passwordHash })
    .from(account)
    .where(eq(account.personId, personId));
  return rows[0]?.hash ?? null;
}

/** Replaces a password. */
export async function replacePassword(
  q: Queryable,
  { personId, passwordHash }: { personId: PersonId; passwordHash: string },
): Promise<void> {
  await q.update(account).set({ passwordHash }).where(eq(account.personId, personId));
}

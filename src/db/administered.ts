import { and, asc, eq, gt, isNull, like, ne, or, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { ServerRole } from "#lib/server-role.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { lockUri } from "./inbound.ts";
import { account } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

/** Somebody who can sign in here, as those who run the server see them. */
const columns = {
  id: person.id,
  handle: person.handle,
  name: person.name,
  state: person.state,
  role: account.role,
  endsAt: account.endsAt,
  createdAt: account.createdAt,
};
export type AdministeredRow = NonNullable<Awaited<ReturnType<typeof findAdministered>>>;

/** A page of those who can sign in here, oldest first; `handle` is how their handles begin, or began before. */
export async function findAdministeredPage(
  q: Queryable,
  page: { handle: string; after: PersonId | null; limit: number },
): Promise<AdministeredRow[]> {
  const begins = `${page.handle.toLowerCase().replaceAll(/[%_\\]/g, String.raw`\$&`)}%`;
  return await select(q)
    .where(
      and(
        isNull(person.host),
        page.handle === ""
          ? undefined
          : or(like(sql`lower(${person.handle})`, begins), like(person.formerHandle, begins)),
        page.after === null ? undefined : gt(person.id, page.after),
      ),
    )
    .orderBy(asc(person.id))
    .limit(page.limit);
}

/** Somebody who can sign in here, in whatever state they are. */
export async function findAdministered(q: Queryable, id: PersonId) {
  const rows = await select(q).where(and(isNull(person.host), eq(person.id, id)));
  return rows[0] ?? null;
}

/** The same by their handle. */
export async function findAdministeredByHandle(q: Queryable, handle: string) {
  const rows = await select(q).where(
    and(isNull(person.host), sql`lower(${person.handle}) = lower(${handle})`),
  );
  return rows[0] ?? null;
}

/** Until the transaction ends nobody else decides about who runs this server. */
export async function lockRoles(tx: Transaction): Promise<void> {
  await lockUri(tx, "roles of people");
}

/** Whether somebody else is an owner, may act, and stays. */
export async function hasOtherOwner(tx: Transaction, id: PersonId): Promise<boolean> {
  const isOwner = and(
    eq(account.role, "owner"),
    eq(person.state, "active"),
    isNull(account.endsAt),
    ne(person.id, id),
  );
  return (await select(tx).where(isOwner).limit(1)).length > 0;
}

export async function setAccountRole(tx: Transaction, personId: PersonId, role: ServerRole): Promise<void> {
  await tx.update(account).set({ role }).where(eq(account.personId, personId));
}

export async function setPersonState(
  tx: Transaction,
  id: PersonId,
  state: "active" | "suspended",
): Promise<void> {
  await tx.update(person).set({ state }).where(eq(person.id, id));
}

function select(q: Queryable) {
  return q.select(columns).from(account).innerJoin(person, eq(person.id, account.personId));
}

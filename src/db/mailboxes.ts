import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import { isUniqueViolation, type Queryable, type Transaction } from "./connect.ts";
import { isActiveLocal } from "./people.ts";
import { account } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

/** By what an account is found; by an address only where it is confirmed. */
export type Whose = { personId: PersonId } | { handle: string } | { email: string };

/** Somebody of this server who may act, and the address that they have confirmed, if any. */
export interface Mailbox {
  personId: PersonId;
  handle: string;
  email: string | null;
}

/** Where somebody is reached; null where there is nobody who may act. */
export async function findMailbox(q: Queryable, whose: Whose): Promise<Mailbox | null> {
  return (await select(q, whose))[0] ?? null;
}

/** The same, whose password and address nobody changes until the transaction ends. */
export async function holdMailbox(tx: Transaction, whose: Whose): Promise<Mailbox | null> {
  return (await select(tx, whose).for("update", { of: account }))[0] ?? null;
}

/** Keeps an address that was confirmed, or none; false when another account has it. The transaction is over then. */
export async function setEmail(
  tx: Transaction,
  { personId, email, at }: { personId: PersonId; email: string | null; at: Date },
): Promise<boolean> {
  try {
    const emailConfirmedAt = email === null ? null : at;
    await tx.update(account).set({ email, emailConfirmedAt }).where(eq(account.personId, personId));
    return true;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return false;
  }
}

function select(q: Queryable, whose: Whose) {
  const isConfirmed = isNotNull(account.emailConfirmedAt);
  const isTheirs =
    "personId" in whose
      ? eq(person.id, whose.personId)
      : "handle" in whose
        ? sql`lower(${person.handle}) = lower(${whose.handle})`
        : and(isConfirmed, sql`lower(${account.email}) = lower(${whose.email})`);
  return q
    .select({
      personId: person.id,
      handle: person.handle,
      email: sql<string | null>`case when ${isConfirmed} then ${account.email} end`,
    })
    .from(account)
    .innerJoin(person, eq(person.id, account.personId))
    .where(and(isActiveLocal, isTheirs));
}

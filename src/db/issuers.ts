import { and, asc, eq, exists, isNotNull, isNull, ne, or, sql } from "drizzle-orm";
import type { Id, PersonId, SessionId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { account, passkey, totp } from "./schema/accounts.ts";
import { type ClaimNames, identity, issuer } from "./schema/issuers.ts";
import { person } from "./schema/people.ts";
import { session, token } from "./schema/sessions.ts";

export type { ClaimNames };
export type IssuerRow = typeof issuer.$inferSelect;
export type IssuerId = Id<"issuer">;

/** Under which name an issuer knows somebody. */
export interface Subject {
  issuerId: IssuerId;
  subject: string;
}

/** All issuers, oldest first. */
export async function findIssuers(q: Queryable): Promise<IssuerRow[]> {
  return await q.select().from(issuer).orderBy(asc(issuer.createdAt), asc(issuer.id));
}

/** False when another one has its slug or its address. */
export async function insertIssuer(tx: Transaction, row: IssuerRow): Promise<boolean> {
  const rows = await tx.insert(issuer).values(row).onConflictDoNothing().returning({ id: issuer.id });
  return rows.length === 1;
}

/** An issuer that nobody else changes until the transaction ends. */
export async function lockIssuer(tx: Transaction, id: IssuerId): Promise<IssuerRow | null> {
  const rows = await tx.select().from(issuer).where(eq(issuer.id, id)).for("update");
  return rows[0] ?? null;
}

export async function updateIssuer(tx: Transaction, { id, ...row }: IssuerRow): Promise<void> {
  await tx.update(issuer).set(row).where(eq(issuer.id, id));
}

/** Takes an issuer away, and whom it knew with it; of its sessions, which have ended, nothing tells any more that they were its. */
export async function deleteIssuer(tx: Transaction, id: IssuerId): Promise<void> {
  await tx.update(session).set({ issuerId: null, externalKey: null }).where(eq(session.issuerId, id));
  await tx.delete(identity).where(eq(identity.issuerId, id));
  await tx.delete(issuer).where(eq(issuer.id, id));
}

/** Which sessions that began by the word of an issuer: of one or all, of one person or everybody. */
export interface Issued {
  issuerId?: IssuerId | undefined;
  personId?: PersonId | undefined;
  /** Whether those alone that tokens opened, or those in browsers too. */
  isByToken: boolean;
  /** A browser that stays: that of whoever decides. */
  except?: SessionId | undefined;
}

/** Ends them, and forgets which tokens opened them: the next token begins anew. */
export async function endIssuedSessions(
  tx: Transaction,
  { issuerId, personId, isByToken, except, at }: Issued & { at: Date },
): Promise<{ sessionId: SessionId; personId: PersonId }[]> {
  const which = [
    isNull(session.revokedAt),
    isByToken ? isNotNull(session.externalKey) : isNotNull(session.issuerId),
    issuerId === undefined ? undefined : eq(session.issuerId, issuerId),
    personId === undefined ? undefined : eq(session.personId, personId),
    except === undefined ? undefined : or(ne(session.id, except), isNotNull(session.externalKey)),
  ];
  return await tx
    .update(session)
    .set({ revokedAt: at, externalKey: null })
    .where(and(...which))
    .returning({ sessionId: session.id, personId: session.personId });
}

/** Whether people sign in by an issuer now, and this person too; it stays so until the transaction ends. */
export async function holdWord(
  tx: Transaction,
  { issuerId, personId }: { issuerId: IssuerId; personId: PersonId },
): Promise<boolean> {
  const isTheirs = and(eq(identity.issuerId, issuerId), eq(identity.personId, personId));
  const rows = await tx
    .select({ id: issuer.id })
    .from(identity)
    .innerJoin(issuer, eq(issuer.id, identity.issuerId))
    .where(and(isTheirs, eq(issuer.signsIn, true), isNull(issuer.disabledAt)))
    .for("share", { of: issuer });
  return rows.length > 0;
}

/** Whose an identity is, and what their session of this key is. `tokenHash` is under which its end is noted. */
export async function findExternal(
  q: Queryable,
  { issuerId, subject, key, tokenHash }: Subject & { key: string; tokenHash: Uint8Array },
) {
  const [hasPasskey, hasTotp] = [
    q
      .select({ one: sql`1` })
      .from(passkey)
      .where(eq(passkey.personId, person.id)),
    q
      .select({ one: sql`1` })
      .from(totp)
      .where(and(eq(totp.personId, person.id), isNotNull(totp.confirmedAt))),
  ];
  const rows = await q
    .select({
      person,
      session,
      until: token.expiresAt,
      endsAt: account.endsAt,
      hasFactor: sql<boolean>`${or(exists(hasPasskey), exists(hasTotp))}`,
    })
    .from(identity)
    .innerJoin(person, eq(person.id, identity.personId))
    .innerJoin(account, eq(account.personId, person.id))
    .leftJoin(session, eq(session.externalKey, key))
    .leftJoin(token, and(eq(token.hash, tokenHash), eq(token.sessionId, session.id)))
    .where(and(eq(identity.issuerId, issuerId), eq(identity.subject, subject)));
  return rows[0] ?? null;
}

/** Notes until when an external session can be used: never less than before. */
export async function prolongExternal(
  q: Queryable,
  row: { hash: Uint8Array; sessionId: SessionId; expiresAt: Date },
): Promise<void> {
  await q
    .insert(token)
    .values({ ...row, kind: "access" })
    .onConflictDoUpdate({
      target: token.hash,
      set: { sessionId: row.sessionId, expiresAt: sql`greatest(${token.expiresAt}, excluded.expires_at)` },
    });
}

/** Frees the key of a session that has ended, for the next one. */
export async function releaseExternalKey(tx: Transaction, id: SessionId): Promise<void> {
  await tx.update(session).set({ externalKey: null }).where(eq(session.id, id));
}

/** The person whom an issuer knows by this name; null for nobody here. */
export async function findIdentity(
  q: Queryable,
  { issuerId, subject }: Subject,
): Promise<{ personId: PersonId } | null> {
  const rows = await q
    .select({ personId: identity.personId })
    .from(identity)
    .where(and(eq(identity.issuerId, issuerId), eq(identity.subject, subject)));
  return rows[0] ?? null;
}

/** False when somebody has it already. */
export async function insertIdentity(
  tx: Transaction,
  row: Subject & { personId: PersonId; createdAt: Date },
): Promise<boolean> {
  const rows = await tx
    .insert(identity)
    .values(row)
    .onConflictDoNothing()
    .returning({ personId: identity.personId });
  return rows.length === 1;
}

/** By which issuers somebody is known, oldest first. */
export async function findIdentitiesOf(q: Queryable, personId: PersonId) {
  return await q
    .select({
      issuerId: issuer.id,
      slug: issuer.slug,
      name: issuer.name,
      signsIn: issuer.signsIn,
      disabledAt: issuer.disabledAt,
      createdAt: identity.createdAt,
    })
    .from(identity)
    .innerJoin(issuer, eq(issuer.id, identity.issuerId))
    .where(eq(identity.personId, personId))
    .orderBy(asc(identity.createdAt), asc(issuer.id));
}

/** Takes an issuer's names for somebody away; false when it had none. */
export async function deleteIdentity(
  tx: Transaction,
  { issuerId, personId }: { issuerId: IssuerId; personId: PersonId },
): Promise<boolean> {
  const rows = await tx
    .delete(identity)
    .where(and(eq(identity.issuerId, issuerId), eq(identity.personId, personId)))
    .returning({ subject: identity.subject });
  return rows.length > 0;
}

/** What somebody's password is kept as, while nobody else decides about their ways in; null for none, or no account. */
export async function lockWaysIn(tx: Transaction, personId: PersonId): Promise<{ password: boolean }> {
  const rows = await tx
    .select({ hash: account.passwordHash })
    .from(account)
    .where(eq(account.personId, personId))
    .for("update");
  return { password: rows[0]?.hash != null };
}

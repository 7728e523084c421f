import { and, desc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { PersonId, SessionId } from "#lib/ids.ts";
import type { Database, Queryable } from "./connect.ts";
import { buildOnce } from "./prepare.ts";
import { person } from "./schema/people.ts";
import { session, token } from "./schema/sessions.ts";

export type SessionRow = typeof session.$inferSelect;
export type NewToken = typeof token.$inferInsert;

export async function insertSession(q: Queryable, row: typeof session.$inferInsert): Promise<void> {
  await q.insert(session).values(row);
}

export async function insertTokens(q: Queryable, rows: NewToken[]): Promise<void> {
  await q.insert(token).values(rows);
}

const tokenQuery = buildOnce((db) => {
  return db
    .select({ token, session, person })
    .from(token)
    .innerJoin(session, eq(session.id, token.sessionId))
    .innerJoin(person, eq(person.id, session.personId))
    .where(eq(token.hash, sql.placeholder("hash")))
    .prepare("find_token");
});

/** A token with its session and person, whatever state they are in; the caller judges. */
export async function findToken(db: Database, hash: Uint8Array) {
  const rows = await tokenQuery(db).execute({ hash });
  return rows[0] ?? null;
}

/** Locks a refresh token so that two exchanges of it come one after the other. */
export async function lockToken(q: Queryable, hash: Uint8Array) {
  const rows = await q.select().from(token).where(eq(token.hash, hash)).for("update");
  return rows[0] ?? null;
}

export async function markTokenUsed(
  q: Queryable,
  hash: Uint8Array,
  used: { usedAt: Date; successor: Uint8Array },
) {
  await q.update(token).set(used).where(eq(token.hash, hash));
}

/** Ends sessions of somebody: one, all, or all but one. Answers which of them had not ended already. */
export async function revokeSessionRows(
  q: Queryable,
  which: { personId: PersonId; id?: SessionId; except?: SessionId | undefined; at: Date },
): Promise<SessionId[]> {
  const { personId, id, except, at } = which;
  const rows = await q
    .update(session)
    .set({ revokedAt: at })
    .where(
      and(
        eq(session.personId, personId),
        isNull(session.revokedAt),
        id === undefined ? undefined : eq(session.id, id),
        except === undefined ? undefined : ne(session.id, except),
      ),
    )
    .returning({ id: session.id });
  return rows.map((row) => row.id);
}

/** Ends those of somebody's sessions with a client that were not used for longest, beyond so many. Answers which. */
export async function revokeSurplusSessions(
  q: Queryable,
  { personId, client, most, at }: { personId: PersonId; client: string; most: number; at: Date },
): Promise<SessionId[]> {
  const surplus = q
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.personId, personId), eq(session.client, client), isNull(session.revokedAt)))
    .orderBy(desc(sql`coalesce(${session.seenAt}, ${session.createdAt})`), desc(session.id))
    .offset(most);
  const rows = await q
    .update(session)
    .set({ revokedAt: at })
    .where(inArray(session.id, surplus))
    .returning({ id: session.id });
  return rows.map((row) => row.id);
}

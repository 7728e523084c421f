import { and, desc, eq, exists, gt, isNull, or, sql } from "drizzle-orm";
import type { PersonId, SessionId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { app, session, token } from "./schema/sessions.ts";
import type { SessionRow } from "./sessions.ts";

export type ListedSession = SessionRow & { appName: string | null };

/** Sessions of somebody that can still be used, the one seen last first. */
export async function findSessions(
  q: Queryable,
  { personId, now }: { personId: PersonId; now: Date },
): Promise<ListedSession[]> {
  const inTime = or(isNull(token.expiresAt), gt(token.expiresAt, now));
  const usable = q
    .select({ one: sql`1` })
    .from(token)
    .where(and(eq(token.sessionId, session.id), inTime));
  const rows = await q
    .select({ session, appName: app.name })
    .from(session)
    .leftJoin(app, eq(app.id, session.appId))
    .where(and(eq(session.personId, personId), isNull(session.revokedAt), exists(usable)))
    .orderBy(desc(sql`coalesce(${session.seenAt}, ${session.createdAt})`), desc(session.id));
  return rows.map((row) => ({ ...row.session, appName: row.appName }));
}

/** Gives a session another name; false when there is none that this person may use. */
export async function nameSession(
  q: Queryable,
  { personId, id, name }: { personId: PersonId; id: SessionId; name: string },
): Promise<boolean> {
  const where = and(eq(session.id, id), eq(session.personId, personId), isNull(session.revokedAt));
  const rows = await q.update(session).set({ name }).where(where).returning({ id: session.id });
  return rows.length === 1;
}

/** A session that was used, and from where, if that is known. */
export interface Sighting {
  id: SessionId;
  address: string | null;
}

/** Notes that sessions were used; one that somebody else writes at this moment is passed over. */
export async function noteSightings(q: Queryable, sightings: readonly Sighting[], at: Date): Promise<void> {
  const ids = sql.param(sightings.map(({ id }) => id));
  const addresses = sql.param(sightings.map(({ address }) => address));
  await q.execute(sql`
    update session set seen_at = ${at.toISOString()}, address = coalesce(seen.address, session.address)
    from unnest(${ids}::uuid[], ${addresses}::text[]) as seen (id, address)
    where session.id = seen.id
      and session.id in (select id from session where id = any(${ids}::uuid[]) for no key update skip locked)`);
}

/** Whether a session is not over. */
export async function isOpenSession(q: Queryable, id: SessionId): Promise<boolean> {
  const isOpen = and(eq(session.id, id), isNull(session.revokedAt));
  return (await q.select({ id: session.id }).from(session).where(isOpen)).length === 1;
}

/** When a session began. */
export async function findSessionStart(q: Queryable, id: SessionId): Promise<Date | null> {
  const rows = await q.select({ createdAt: session.createdAt }).from(session).where(eq(session.id, id));
  return rows[0]?.createdAt ?? null;
}

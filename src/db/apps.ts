import { and, count, desc, eq, inArray, isNotNull, isNull, max, type SQL, sql } from "drizzle-orm";
import type { Id, PersonId, SessionId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { authorizationCode } from "./schema/consents.ts";
import { person } from "./schema/people.ts";
import { app, session } from "./schema/sessions.ts";

export type AppId = Id<"app">;
export type AppRow = typeof app.$inferSelect;
export type CodeRow = typeof authorizationCode.$inferSelect;

export async function insertApp(q: Queryable, row: typeof app.$inferInsert): Promise<void> {
  await q.insert(app).values(row);
}

export async function findApp(
  q: Queryable,
  by: { id: AppId } | { clientId: string },
): Promise<AppRow | null> {
  const where = "id" in by ? eq(app.id, by.id) : eq(app.clientId, by.clientId);
  const rows = await q.select().from(app).where(where);
  return rows[0] ?? null;
}

export async function markAppUsed(q: Queryable, id: AppId, at: Date): Promise<void> {
  await q.update(app).set({ usedAt: at }).where(eq(app.id, id));
}

export async function insertCode(q: Queryable, row: typeof authorizationCode.$inferInsert): Promise<void> {
  await q.insert(authorizationCode).values(row);
}

/** Locks a code, so that two exchanges of it come one after the other, and its person, who stays what they are. */
export async function lockCode(
  q: Queryable,
  hash: Uint8Array,
): Promise<(CodeRow & { active: boolean }) | null> {
  const rows = await q
    .select({ code: authorizationCode, state: person.state })
    .from(authorizationCode)
    .innerJoin(person, eq(person.id, authorizationCode.personId))
    .where(eq(authorizationCode.hash, hash))
    .for("no key update");
  const [row] = rows;
  return row === undefined ? null : { ...row.code, active: row.state === "active" };
}

export async function setCodeSession(q: Queryable, hash: Uint8Array, sessionId: SessionId): Promise<void> {
  await q.update(authorizationCode).set({ sessionId }).where(eq(authorizationCode.hash, hash));
}

/** What somebody has consented to and nobody has exchanged yet is gone. */
export async function deleteCodesOf(q: Queryable, personId: PersonId): Promise<void> {
  const { personId: whose, sessionId } = authorizationCode;
  await q.delete(authorizationCode).where(and(eq(whose, personId), isNull(sessionId)));
}

/** An app that somebody has let in, with how often it is signed in. */
export interface AllowedAppRow {
  app: AppRow;
  sessions: number;
  allowedAt: Date;
  seenAt: Date | null;
  /** Of all its sessions together, with repetitions. */
  scopes: string[];
}

/** The apps that are signed in as somebody, the newest first. */
export async function listAllowedApps(q: Queryable, personId: PersonId): Promise<AllowedAppRow[]> {
  const rows = await q
    .select({
      app,
      sessions: count(),
      allowedAt: max(session.createdAt),
      seenAt: max(session.seenAt),
      scopes: sql<string>`string_agg(array_to_string(${session.scopes}, ' '), ' ')`,
    })
    .from(session)
    .innerJoin(app, eq(app.id, session.appId))
    .where(and(eq(session.personId, personId), isNull(session.revokedAt)))
    .groupBy(app.id)
    .orderBy(desc(max(session.createdAt)), app.id);
  return rows.map((row) => {
    return { ...row, allowedAt: row.allowedAt ?? row.app.createdAt, scopes: row.scopes.split(" ") };
  });
}

/** Takes an app's access from somebody: its open codes are gone; answers the sessions that ended. */
export async function endAppSessions(
  q: Queryable,
  { personId, appId, at }: { personId: PersonId; appId: AppId; at: Date },
): Promise<SessionId[]> {
  const { personId: person, appId: app, sessionId } = authorizationCode;
  await q.delete(authorizationCode).where(and(eq(person, personId), eq(app, appId), isNull(sessionId)));
  return await endWhere(q, at, and(eq(session.personId, personId), eq(session.appId, appId)));
}

/** Ends the oldest sessions of apps that somebody has beyond so many; answers those. */
export async function endOldestAppSessions(
  q: Queryable,
  { personId, keep, at }: { personId: PersonId; keep: number; at: Date },
): Promise<SessionId[]> {
  const beyond = q
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.personId, personId), isNotNull(session.appId), isNull(session.revokedAt)))
    .orderBy(desc(session.createdAt), desc(session.id))
    .offset(keep);
  return await endWhere(q, at, inArray(session.id, beyond));
}

async function endWhere(q: Queryable, at: Date, which: SQL | undefined): Promise<SessionId[]> {
  const rows = await q
    .update(session)
    .set({ revokedAt: at })
    .where(and(which, isNull(session.revokedAt)))
    .returning({ id: session.id });
  return rows.map(({ id }) => id);
}

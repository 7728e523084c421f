import { eq, sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { serverSetting } from "./schema/server.ts";

/** Reads a fact about this installation. */
export async function findSetting(q: Queryable, key: string): Promise<string | null> {
  const rows = await q.select().from(serverSetting).where(eq(serverSetting.key, key));
  return rows[0]?.value ?? null;
}

/** Keeps a fact unless one is kept already; answers the one that counts. */
export async function keepSetting(q: Queryable, key: string, value: string): Promise<string> {
  await q.insert(serverSetting).values({ key, value }).onConflictDoNothing();
  return (await findSetting(q, key)) ?? value;
}

/** Which PostgreSQL this is, and how often its history was cut: both change where commits can have been lost. */
export async function findHistory(q: Queryable): Promise<string | null> {
  const allowed = await q.execute<{ allowed: boolean }>(sql`
    select has_function_privilege('pg_control_system()', 'execute')
      and has_function_privilege('pg_control_checkpoint()', 'execute') as allowed`);
  if (allowed[0]?.allowed !== true) return null;
  const rows = await q.execute<{ history: string }>(sql`
    select system_identifier || ' ' || timeline_id as history from pg_control_system(), pg_control_checkpoint()`);
  return rows[0]?.history ?? null;
}

/** Replaces a fact. */
export async function setSetting(q: Queryable, key: string, value: string): Promise<void> {
  await q
    .insert(serverSetting)
    .values({ key, value })
    .onConflictDoUpdate({ target: serverSetting.key, set: { value } });
}

import { eq } from "drizzle-orm";
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

/** Replaces a fact. */
export async function setSetting(q: Queryable, key: string, value: string): Promise<void> {
  await q
    .insert(serverSetting)
    .values({ key, value })
    .onConflictDoUpdate({ target: serverSetting.key, set: { value } });
}

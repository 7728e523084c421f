import { eq, sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { remoteKey } from "./schema/people.ts";

export type RemoteKeyRow = typeof remoteKey.$inferSelect;

/** Beyond this number the keys fetched longest ago are dropped: strangers can have as many as they like. */
const mostKeys = 50_000;
const savesBetweenDrops = 256;

/** The fetched keys of other servers' actors, as federation wants them kept. */
export function createRemoteKeyStore(db: Database, most: number = mostKeys) {
  let saves = 0;
  return {
    find: (keyId: string) => findRemoteKey(db, keyId),
    save: async (key: RemoteKeyRow): Promise<void> => {
      await saveRemoteKey(db, key);
      if (saves++ % savesBetweenDrops === 0) await dropOldestRemoteKeys(db, most);
    },
    remove: (keyId: string) => removeRemoteKey(db, keyId),
    removeOf: (ownerUri: string) => removeRemoteKeysOf(db, ownerUri),
  };
}

async function findRemoteKey(db: Database, keyId: string): Promise<RemoteKeyRow | undefined> {
  const [row] = await db.select().from(remoteKey).where(eq(remoteKey.keyId, keyId));
  return row;
}

async function saveRemoteKey(db: Database, key: RemoteKeyRow): Promise<void> {
  const { keyId: _, ...changed } = key;
  await db.insert(remoteKey).values(key).onConflictDoUpdate({ target: remoteKey.keyId, set: changed });
}

async function removeRemoteKey(db: Database, keyId: string): Promise<void> {
  await db.delete(remoteKey).where(eq(remoteKey.keyId, keyId));
}

async function removeRemoteKeysOf(db: Database, ownerUri: string): Promise<void> {
  await db.delete(remoteKey).where(eq(remoteKey.ownerUri, ownerUri));
}

async function dropOldestRemoteKeys(db: Database, most: number): Promise<void> {
  const newest = db
    .select({ fetchedAt: remoteKey.fetchedAt })
    .from(remoteKey)
    .orderBy(sql`${remoteKey.fetchedAt} desc`)
    .offset(most)
    .limit(1);
  await db.delete(remoteKey).where(sql`${remoteKey.fetchedAt} <= (${newest})`);
}

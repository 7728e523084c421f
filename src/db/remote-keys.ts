import { eq } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { remoteKey } from "./schema/people.ts";

type Row = typeof remoteKey.$inferSelect;

/** Where keys of other servers' actors outlive a restart. */
export function createRemoteKeyStore(q: Queryable) {
  return {
    find: async (keyId: string): Promise<Row | undefined> => {
      const rows = await q.select().from(remoteKey).where(eq(remoteKey.keyId, keyId));
      return rows[0];
    },
    save: async (key: Row): Promise<void> => {
      await q.insert(remoteKey).values(key).onConflictDoUpdate({ target: remoteKey.keyId, set: key });
    },
    remove: async (keyId: string): Promise<void> => {
      await q.delete(remoteKey).where(eq(remoteKey.keyId, keyId));
    },
  };
}

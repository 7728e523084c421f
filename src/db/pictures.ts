import { eq } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { picture } from "./schema/conversations.ts";

export type PictureRow = typeof picture.$inferSelect;

/** Keeps a picture, or notes where one is to be had. */
export async function insertPicture(q: Queryable, row: typeof picture.$inferInsert): Promise<void> {
  await q.insert(picture).values(row);
}

export async function findPicture(q: Queryable, id: PictureRow["id"]): Promise<PictureRow | null> {
  const rows = await q.select().from(picture).where(eq(picture.id, id));
  return rows[0] ?? null;
}

/** Keeps what was fetched of a picture. */
export async function keepFetched(
  q: Queryable,
  id: PictureRow["id"],
  fetched: Pick<PictureRow, "image" | "mediaType" | "fetchedAt">,
): Promise<void> {
  await q.update(picture).set(fetched).where(eq(picture.id, id));
}

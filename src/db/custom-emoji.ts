import { and, asc, eq, isNull } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { customEmoji } from "./schema/messages.ts";

export type CustomEmojiRow = typeof customEmoji.$inferSelect;

/** A custom emoji by its name: of this server (`host` null) or of another. */
export async function findCustomEmoji(
  q: Queryable,
  { shortcode, host }: { shortcode: string; host: string | null },
): Promise<CustomEmojiRow | null> {
  const isThere = host === null ? isNull(customEmoji.host) : eq(customEmoji.host, host);
  const rows = await q
    .select()
    .from(customEmoji)
    .where(and(eq(customEmoji.shortcode, shortcode), isThere));
  return rows[0] ?? null;
}

/** Notes a custom emoji of another server; a known one stays, with the address it has now. */
export async function upsertCustomEmoji(
  q: Queryable,
  row: typeof customEmoji.$inferInsert & { host: string; url: string },
): Promise<CustomEmojiRow> {
  const known = await findCustomEmoji(q, row);
  if (known?.url === row.url) return known;
  const set = { url: row.url, image: null, mediaType: null, fetchedAt: null };
  const target = [customEmoji.host, customEmoji.shortcode];
  const rows = await q.insert(customEmoji).values(row).onConflictDoUpdate({ target, set }).returning();
  return rows[0]!;
}

export async function findCustomEmojiById(
  q: Queryable,
  id: CustomEmojiRow["id"],
): Promise<CustomEmojiRow | null> {
  const rows = await q.select().from(customEmoji).where(eq(customEmoji.id, id));
  return rows[0] ?? null;
}

/** The emoji of this server, without their pictures. */
export async function findLocalCustomEmoji(q: Queryable) {
  return await q
    .select({ id: customEmoji.id, shortcode: customEmoji.shortcode })
    .from(customEmoji)
    .where(isNull(customEmoji.host))
    .orderBy(asc(customEmoji.shortcode));
}

/** Adds an emoji of this server; a known name gets the new picture. */
export async function upsertLocalCustomEmoji(q: Queryable, row: typeof customEmoji.$inferInsert) {
  const { image, mediaType, fetchedAt } = row;
  const target = [customEmoji.host, customEmoji.shortcode];
  await q
    .insert(customEmoji)
    .values(row)
    .onConflictDoUpdate({ target, set: { image, mediaType, fetchedAt } });
}

/** Answers whether there was one of this name. */
export async function deleteCustomEmoji(q: Queryable, shortcode: string): Promise<boolean> {
  const isOurs = and(isNull(customEmoji.host), eq(customEmoji.shortcode, shortcode));
  return (await q.delete(customEmoji).where(isOurs).returning({ id: customEmoji.id })).length > 0;
}

export async function keepPicture(
  q: Queryable,
  id: CustomEmojiRow["id"],
  picture: Pick<CustomEmojiRow, "image" | "mediaType" | "fetchedAt">,
): Promise<void> {
  await q.update(customEmoji).set(picture).where(eq(customEmoji.id, id));
}

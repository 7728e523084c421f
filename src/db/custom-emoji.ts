import { and, eq, isNull } from "drizzle-orm";
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

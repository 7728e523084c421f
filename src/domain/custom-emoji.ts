import {
  deleteCustomEmoji,
  findCustomEmojiById,
  findLocalCustomEmoji,
  keepPicture,
  upsertLocalCustomEmoji,
  type CustomEmojiRow,
} from "#db/custom-emoji.ts";
import { isForeignKeyViolation } from "#db/connect.ts";
import { newId, type Id } from "#lib/ids.ts";
import { pictureType } from "#lib/picture-type.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";

/** Largest picture of a custom emoji, in bytes; Mastodon takes no larger ones either. */
export const EMOJI_BYTES = 256 * 1024;

export type CustomEmojiId = Id<"custom-emoji">;

/** Gives this server an emoji of its own, or a known one another picture. */
export async function addCustomEmoji(
  ctx: Context,
  input: { shortcode: string; image: Uint8Array },
): Promise<void> {
  const { shortcode, image } = input;
  if (!/^\w{2,64}$/.test(shortcode)) throw new Refusal("emoji_name_invalid", { field: "name" });
  if (image.byteLength > EMOJI_BYTES) throw new Refusal("too_long", { field: "file" });
  const mediaType = pictureType(image);
  if (mediaType === null) throw new Refusal("not_a_picture", { field: "file" });
  const now = ctx.now();
  const row = { id: newId<"custom-emoji">(), shortcode, image, mediaType, createdAt: now, fetchedAt: now };
  await upsertLocalCustomEmoji(ctx.db, row);
}

/** Takes an emoji of this server away. Refuses one that stands under a message. */
export async function removeCustomEmoji(ctx: Context, shortcode: string): Promise<void> {
  try {
    if (!(await deleteCustomEmoji(ctx.db, shortcode))) throw new Refusal("emoji_unknown", { field: "name" });
  } catch (error) {
    throw isForeignKeyViolation(error) ? new Refusal("emoji_in_use", { field: "name" }) : error;
  }
}

/** This server's own emoji, by name. */
export async function listCustomEmoji(ctx: Context): Promise<Pick<CustomEmojiRow, "id" | "shortcode">[]> {
  return await findLocalCustomEmoji(ctx.db);
}

/** Loads an emoji with its picture, as far as it was fetched. */
export async function readCustomEmoji(ctx: Context, id: CustomEmojiId): Promise<CustomEmojiRow> {
  const row = await findCustomEmojiById(ctx.db, id);
  if (row === null) throw new Refusal("not_found");
  return row;
}

/** Keeps the picture that was fetched for another server's emoji; null notes that there was none to be had. */
export async function keepEmojiPicture(
  ctx: Context,
  id: CustomEmojiId,
  image: Uint8Array | null,
): Promise<{ image: Uint8Array; mediaType: string } | null> {
  const mediaType = image === null ? null : pictureType(image);
  const picture = image === null || mediaType === null ? null : { image, mediaType };
  await keepPicture(ctx.db, id, { image: null, mediaType: null, ...picture, fetchedAt: ctx.now() });
  return picture;
}

import { findPicture, insertPicture, keepFetched, type PictureRow } from "#db/pictures.ts";
import { newId, type Id } from "#lib/ids.ts";
import { hasMetadata } from "#lib/picture-metadata.ts";
import { pictureType } from "#lib/picture-type.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { lockGroup, type OfMember } from "./permit.ts";
import { changeLocked, type Outcome } from "./verbs.ts";

/** Largest picture of a group, in bytes. */
export const PICTURE_BYTES = 256 * 1024;

export type PictureId = Id<"picture">;

/** Gives a group another picture, which must say nothing beside what it shows. What it had before is gone soon after. */
export async function setGroupPicture(
  ctx: Context,
  { image, ...of }: OfMember & { image: Uint8Array },
): Promise<Outcome> {
  return await transact(ctx, async (tx) => {
    const group = await lockGroup(ctx, tx, { ...of, action: "edit" });
    const mediaType = checkPicture(image);
    const pictureId = newId<"picture">();
    const now = ctx.now();
    await insertPicture(tx, { id: pictureId, image, mediaType, createdAt: now, fetchedAt: now });
    return await changeLocked(ctx, tx, { group, by: of.personId, facts: { pictureId } });
  });
}

function checkPicture(image: Uint8Array): string {
  const field = "body";
  if (image.byteLength > PICTURE_BYTES) throw new Refusal("too_long", { field });
  const mediaType = pictureType(image);
  if (mediaType === null) throw new Refusal("not_a_picture", { field });
  if (hasMetadata(image, mediaType)) throw new Refusal("picture_has_metadata", { field });
  return mediaType;
}

/**
 * Loads the picture of a group, as far as it was fetched. Its id is the right to see it: nobody guesses one, and other servers,
 * and whoever is invited, must be able to show it.
 */
export async function readGroupPicture(ctx: Context, id: PictureId): Promise<PictureRow> {
  const row = await findPicture(ctx.db, id);
  if (row === null) throw new Refusal("not_found");
  return row;
}

/** Keeps the picture that was fetched for another server's group; null notes that there was none to be had. */
export async function keepGroupPicture(
  ctx: Context,
  id: PictureId,
  image: Uint8Array | null,
): Promise<{ image: Uint8Array; mediaType: string } | null> {
  const mediaType = image === null ? null : pictureType(image);
  const picture = image === null || mediaType === null ? null : { image, mediaType };
  await keepFetched(ctx.db, id, { image: null, mediaType: null, ...picture, fetchedAt: ctx.now() });
  return picture;
}

import type { Transaction } from "#db/connect.ts";
import { findPicture, insertPicture } from "#db/pictures.ts";
import { isId, newId, type Id } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { NamedFacts, RoomFacts } from "../outgoing/types.ts";

/** What another server says of a group, with the address of its picture. */
export type HeardFacts = Omit<RoomFacts, "picture"> & { pictureUrl?: string | null };

/** One of our people gave it the group, which another server keeps. */
async function findOwn(ctx: Context, tx: Transaction, url: string): Promise<Id<"picture"> | null> {
  const id = url.startsWith(`${ctx.settings.origin}/pictures/`) ? url.split("/").at(-1)! : "";
  return isId<"picture">(id) ? ((await findPicture(tx, id))?.id ?? null) : null;
}

/** The same with the picture noted, which is fetched when somebody looks at it. */
export async function keepFacts(
  ctx: Context,
  tx: Transaction,
  { pictureUrl, ...facts }: HeardFacts,
): Promise<NamedFacts> {
  if (pictureUrl === undefined) return facts;
  if (pictureUrl === null) return { ...facts, pictureId: null };
  const own = await findOwn(ctx, tx, pictureUrl);
  if (own !== null) return { ...facts, pictureId: own };
  const pictureId = newId<"picture">();
  await insertPicture(tx, { id: pictureId, url: pictureUrl, createdAt: ctx.now() });
  return { ...facts, pictureId };
}

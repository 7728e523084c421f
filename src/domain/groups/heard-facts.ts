import type { Transaction } from "#db/connect.ts";
import { insertPicture } from "#db/log.ts";
import { newId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { NamedFacts, RoomFacts } from "../outgoing/types.ts";

/** What another server says of a group, with the address of its picture. */
export type HeardFacts = Omit<RoomFacts, "picture"> & { pictureUrl?: string | null };

/** The same with the picture noted, which is fetched when somebody looks at it. */
export async function keepFacts(
  ctx: Context,
  tx: Transaction,
  { pictureUrl, ...facts }: HeardFacts,
): Promise<NamedFacts> {
  if (pictureUrl === undefined) return facts;
  if (pictureUrl === null) return { ...facts, pictureId: null };
  const pictureId = newId<"picture">();
  await insertPicture(tx, { id: pictureId, url: pictureUrl, createdAt: ctx.now() });
  return { ...facts, pictureId };
}

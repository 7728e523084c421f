import type { Queryable } from "#db/connect.ts";
import { findBlocks } from "#db/relations.ts";
import type { PersonId } from "#lib/ids.ts";

/** Whether one of two people blocks the other: then nothing passes between them, either way. */
export async function isSevered(q: Queryable, one: PersonId, other: PersonId): Promise<boolean> {
  return (await findBlocks(q, [one, other])).length > 0;
}

/** Those of `others` who block `personId`, or whom `personId` blocks; one query for all. */
export async function findSevered(
  q: Queryable,
  personId: PersonId,
  others: readonly PersonId[],
): Promise<Set<PersonId>> {
  const blocks = await findBlocks(q, [personId, ...others]);
  const severed = blocks.flatMap(({ blockerId, blockedId }) => {
    if (blockerId === personId) return [blockedId];
    return blockedId === personId ? [blockerId] : [];
  });
  return new Set(severed);
}

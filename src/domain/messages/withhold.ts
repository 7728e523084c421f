import type { BlockRow } from "#db/relations.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Participant } from "../dispatch.ts";

export interface Saying {
  authorId: PersonId;
  /** Everybody in the conversation. */
  people: readonly Participant[];
  /** Set for what came from another server. */
  remote?: unknown;
}

/**
 * From whom what somebody says now is kept for good: the members who block them. Its author never notices. Refuses
 * `you_blocked` where one wrote to nobody but whom they block; and `blocked`, which nobody is shown, what another server
 * says to people here who all block its author: that is not even kept.
 */
export function withhold(blocks: readonly BlockRow[], saying: Saying): PersonId[] {
  const kept = findKept(blocks, saying);
  checkHeard(kept, saying);
  return kept;
}

/** The same, without what another server's people are refused: whoever may tell them why asks that first. */
export function findKept(blocks: readonly BlockRow[], { authorId, people, remote }: Saying): PersonId[] {
  const others = people.filter(({ id }) => id !== authorId);
  const blocksAuthor = ({ id }: Participant): boolean =>
    blocks.some(({ blockerId, blockedId }) => blockerId === id && blockedId === authorId);
  const blockedByAuthor = ({ id }: Participant): boolean =>
    blocks.some(({ blockerId, blockedId }) => blockerId === authorId && blockedId === id);
  if (remote === undefined && others.length === 1 && others.every(blockedByAuthor))
    throw new Refusal("you_blocked");
  return others.filter(blocksAuthor).map(({ id }) => id);
}

/** Refuses `blocked` what another server says to people here from all of whom it is kept. */
export function checkHeard(kept: readonly PersonId[], { authorId, people, remote }: Saying): void {
  const others = people.filter(({ id }) => id !== authorId);
  if (remote !== undefined && others.every(({ id, host }) => host !== null || kept.includes(id)))
    throw new Refusal("blocked");
}

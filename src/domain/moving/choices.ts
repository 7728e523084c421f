import type { Transaction } from "#db/connect.ts";
import { addChoices, findChoicesAbout, type Succession } from "#db/moving.ts";
import { findPeopleByIds, lockPeople, takeNumber, takeNumbers } from "#db/people.ts";
import type { RelationRow } from "#db/relations.ts";
import type { PersonId } from "#lib/ids.ts";
import { record } from "../transact.ts";

/**
 * Lets every block and every mute of an account hold for the one that it has become, too, in the caller's transaction;
 * those of the old one stay. Nobody is told of a block that nobody chose to tell.
 */
export async function copyChoices(tx: Transaction, { fromId, toId }: Succession): Promise<void> {
  const standing = (await findChoicesAbout(tx, fromId)).filter(
    ({ personId, otherId }) => personId !== toId && otherId !== toId,
  );
  const about = standing.filter(({ otherId }) => otherId === fromId);
  const own = standing.filter(({ personId }) => personId === fromId);
  const people = await findPeopleByIds(tx, [toId, ...about.map(({ personId }) => personId)]);
  const local = people.filter(({ host }) => host === null).map(({ id }) => id);
  const choosers = about.map(({ personId }) => personId).filter((id) => local.includes(id));
  const isOurs = local.includes(toId) && own.length > 0;
  await lockPeople(tx, [...choosers, ...(isOurs ? [toId] : [])]);
  const numbers = await takeNumbers(tx, choosers);
  const last = isOurs ? await takeNumber(tx, toId, own.length) : 0;
  const rows = [
    ...about.map((row) => {
      return asCopy(row, { personId: row.personId, otherId: toId, number: numbers.get(row.personId) ?? 0 });
    }),
    ...own.map((row, index) => {
      const number = isOurs ? last - own.length + 1 + index : 0;
      return asCopy(row, { personId: toId, otherId: row.otherId, number });
    }),
  ];
  await addChoices(tx, rows);
  for (const { personId, otherId, number } of rows)
    if (local.includes(personId))
      record(tx, "relation.changed", { personId, otherId, number, leaves: false });
}

function asCopy(
  { block, mutedAt, mutedUntil }: RelationRow,
  pair: { personId: PersonId; otherId: PersonId; number: number },
): RelationRow {
  return { ...pair, block: block && "silent", blockUri: null, mutedAt, mutedUntil };
}

import type { Transaction } from "#db/connect.ts";
import { findPersonById, takeNumber, type PersonRow } from "#db/people.ts";
import { findRelation, haveMet, lockShared, upsertRelation, type RelationRow } from "#db/relations.ts";
import type { ActivityId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { closeRequests } from "../conversations.ts";
import { dispatch } from "../dispatch.ts";
import { endInvitations } from "../groups/invitations.ts";
import { lockAsking } from "../requests/quota.ts";
import { record, transact } from "../transact.ts";

export type { RelationRow };

/** Two people: whose choice it is, and whom it is about. */
export interface Pair {
  personId: PersonId;
  otherId: PersonId;
}

/** Blocks somebody: nothing passes between the two any more. `silent`: they are never told, and cannot notice. */
export async function blockPerson(
  ctx: Context,
  input: Pair & { kind: "open" | "silent" },
): Promise<RelationRow> {
  return await changeRelation(ctx, input, { block: input.kind });
}

/** Takes a block back. What was said meanwhile stays unseen. */
export async function unblockPerson(ctx: Context, input: Pair): Promise<RelationRow> {
  return await changeRelation(ctx, input, { block: null });
}

/** Mutes somebody, until a moment or for good: their messages come as ever, but call nobody. */
export async function mutePerson(ctx: Context, input: Pair & { until: Date | null }): Promise<RelationRow> {
  return await changeRelation(ctx, input, { mutedAt: ctx.now(), mutedUntil: input.until });
}

/** Takes a mute back. */
export async function unmutePerson(ctx: Context, input: Pair): Promise<RelationRow> {
  return await changeRelation(ctx, input, { mutedAt: null, mutedUntil: null });
}

/** Loads somebody for a person who has met them; everybody else is unknown. */
export async function accessPerson(tx: Transaction, { personId, otherId }: Pair): Promise<PersonRow> {
  const [other, isKnown] = await Promise.all([
    findPersonById(tx, otherId),
    personId === otherId || haveMet(tx, personId, otherId),
  ]);
  if (other === null || !isKnown) throw new Refusal("not_found");
  return other;
}

/** Under the locks of all that the two share: whatever is said in it comes before the change, or after it. Refuses oneself. */
async function changeRelation(ctx: Context, pair: Pair, choice: Partial<RelationRow>): Promise<RelationRow> {
  const { personId, otherId } = pair;
  if (personId === otherId) throw new Refusal("yourself");
  return await transact(ctx, async (tx) => {
    const other = await accessPerson(tx, pair);
    const conversations = await lockShared(tx, personId, otherId);
    const before = (await findRelation(tx, personId, otherId)) ?? nothingBetween(pair);
    const after = { ...before, ...choice };
    if (isSame(before, after)) return before;
    if (after.block !== null) await lockAsking(tx, { askedIds: [personId] });
    // Lanes are locked before numbers are taken.
    const told = await tellBlock(ctx, tx, { before, after, other });
    if (after.block !== null) {
      await closeRequests(tx, personId, conversations);
      const theirs = { people: [personId], inviterId: otherId, is: "pending" } as const;
      await endInvitations(ctx, tx, { ...theirs, state: "rejected" });
    }
    const blockUri = after.block === "open" ? (told ?? before.blockUri) : null;
    const row = { ...after, blockUri, number: await takeNumber(tx, personId) };
    await upsertRelation(tx, row);
    record(tx, "relation.changed", { personId, otherId, number: row.number, leaves: told !== null });
    return row;
  });
}

/** Tells the other's server of a block that is no secret, or that it is over. Answers the activity's id; null when it hears nothing. */
async function tellBlock(
  ctx: Context,
  tx: Transaction,
  { before, after, other }: { before: RelationRow; after: RelationRow; other: PersonRow },
): Promise<ActivityId | null> {
  const isOpen = after.block === "open";
  const undoes = before.blockUri as ActivityId | null;
  if (isOpen === (before.block === "open") || (!isOpen && undoes === null)) return null;
  const what = isOpen ? { type: "Block" as const, otherId: other.id } : { type: "Undo" as const, undoes };
  const about = { actorId: after.personId, streamId: after.personId, shownOn: null };
  const [id = null] = await dispatch(ctx, tx, [
    { ...about, ...what, recipients: [other], audience: [other.id] },
  ]);
  return id;
}

/** How two people stand to each other who made no choice yet. */
export function nothingBetween(pair: Pair): RelationRow {
  return { ...pair, block: null, blockUri: null, mutedAt: null, mutedUntil: null, number: 0 };
}

/** When a mute began is shown to nobody. */
function isSame(one: RelationRow, other: RelationRow): boolean {
  return (
    one.block === other.block &&
    (one.mutedAt === null) === (other.mutedAt === null) &&
    one.mutedUntil?.getTime() === other.mutedUntil?.getTime()
  );
}

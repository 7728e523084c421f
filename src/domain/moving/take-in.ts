import { addChoices } from "#db/moving.ts";
import type { Transaction } from "#db/connect.ts";
import { insertInvitations } from "#db/invitations.ts";
import { lockUri } from "#db/inbound.ts";
import { findRemotePersonByUri, lockPeople, setMoved, takeNumber } from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { lockCircle, tellCircle } from "../circle.ts";
import type { Context } from "../context.ts";
import { nothingBetween } from "../relations/change.ts";
import type { PersonRow } from "../people.ts";
import { record, transact } from "../transact.ts";
import { orderCarry } from "./carry.ts";
import { copyChoices } from "./choices.ts";

/** Whoever moved does so again after this time at the earliest. */
const MOVE_PAUSE_MS = 7 * 24 * 3600 * 1000;

/** Refuses `moved_lately` to whoever became somebody else in the last 7 days. */
export function checkMove(ctx: Context, { movedAt }: Pick<PersonRow, "movedAt">): void {
  const isLately = movedAt !== null && ctx.now().getTime() - movedAt.getTime() < MOVE_PAUSE_MS;
  if (isLately) throw new Refusal("moved_lately");
}

/** What somebody brings along who moves to this server, as the server says that they come from. */
export interface Belongings {
  contactIds: readonly PersonId[];
  blockedIds: readonly PersonId[];
  /** Kept by other servers, or by that one. */
  groups: readonly { uri: string; keeperId: PersonId }[];
}

/**
 * Notes that an actor of another server has become another one, who agrees: what was chosen about the one holds for the
 * other too, and what the two may carry over follows in a job. Refuses `moved_lately`.
 */
export async function moveRemotePerson(
  ctx: Context,
  { uri, toId, brought }: { uri: string; toId: PersonId; brought?: Belongings | undefined },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const known = await findRemotePersonByUri(tx, uri);
    if (known === null) throw new Refusal("not_found");
    checkMove(ctx, known);
    const succession = { fromId: known.id, toId };
    const circle = await lockCircle(tx, known.id);
    await copyChoices(tx, succession);
    if (brought !== undefined) await takeBelongings(ctx, tx, { personId: toId, brought });
    await setMoved(tx, known.id, { movedTo: toId, movedAt: ctx.now() });
    await tellCircle(tx, circle);
    await orderCarry(tx, { ...succession, ...(brought && { contactIds: brought.contactIds }) });
  });
}

/** Whom they blocked, they block; into the groups that they were in, they have agreed to come. */
async function takeBelongings(
  ctx: Context,
  tx: Transaction,
  { personId, brought }: { personId: PersonId; brought: Belongings },
): Promise<void> {
  const { groups } = brought;
  const blocked = brought.blockedIds.filter((id) => id !== personId);
  await expectIn(ctx, tx, { personId, groups });
  if (blocked.length === 0) return;
  await lockPeople(tx, [personId]);
  const last = await takeNumber(tx, personId, blocked.length);
  const rows = blocked.map((otherId, index) => {
    const number = last - blocked.length + 1 + index;
    return { ...nothingBetween({ personId, otherId }), block: "silent" as const, number };
  });
  await addChoices(tx, rows);
  for (const { otherId, number } of rows)
    record(tx, "relation.changed", { personId, otherId, number, leaves: false });
}

/** Somebody here comes into groups of other servers as soon as the servers that keep them say so. */
export async function expectIn(
  ctx: Context,
  tx: Transaction,
  { personId, groups }: { personId: PersonId; groups: Belongings["groups"] },
): Promise<void> {
  if (groups.length === 0) return;
  const [createdAt, state] = [ctx.now(), "accepted" as const];
  await insertInvitations(
    tx,
    groups.map(({ uri: roomUri, keeperId }) => {
      const row = { id: newId<"invitation">(), personId, inviterId: keeperId, keeperId };
      return { ...row, roomUri, title: "", state, createdAt, changedAt: createdAt };
    }),
  );
}

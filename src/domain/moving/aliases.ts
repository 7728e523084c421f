import { deleteAlias, findAliases, insertAlias, isAlias } from "#db/moving.ts";
import { findPersonById } from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { PersonRow } from "../people.ts";
import { transact } from "../transact.ts";

/** More accounts than this nobody has been. */
const ALIASES = 10;

export interface OfAlias {
  personId: PersonId;
  otherId: PersonId;
}

/** The other accounts that somebody of this server says are theirs: they may move here. */
export async function listAliases(ctx: Context, personId: PersonId): Promise<PersonRow[]> {
  return await findAliases(ctx.db, personId);
}

/** Says that another account is one's own, too; it may move here. Doing it twice changes nothing. Refuses more than ten. */
export async function addAlias(ctx: Context, { personId, otherId }: OfAlias): Promise<void> {
  if (personId === otherId) throw new Refusal("yourself", { field: "address" });
  await transact(ctx, async (tx) => {
    const other = await findPersonById(tx, otherId);
    if (other === null || other.state === "deleted" || other.kind === "application")
      throw new Refusal("address_unknown", { field: "address" });
    const known = await findAliases(tx, personId);
    if (known.some(({ id }) => id === otherId)) return;
    if (known.length >= ALIASES) throw new Refusal("too_many_aliases");
    await insertAlias(tx, { personId, otherId, createdAt: ctx.now() });
  });
}

/** Says so no more. Refuses `not_found` what was never said. */
export async function removeAlias(ctx: Context, of: OfAlias): Promise<void> {
  await transact(ctx, async (tx) => {
    if (!(await deleteAlias(tx, of))) throw new Refusal("not_found");
  });
}

/** Whether somebody of this server agrees that another account has become theirs. */
export async function agreesToBe(ctx: Context, of: OfAlias): Promise<boolean> {
  return await isAlias(ctx.db, of);
}

import type { Transaction } from "#db/connect.ts";
import { findPersonById, type PersonRow } from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { checkAllowed } from "./roles.ts";

/** Something that is done to what others see. */
export interface Deed {
  /** It ends what they had done themselves, or their part in it: whoever may say nothing may still do that. */
  takesBack?: boolean;
}

/**
 * Refuses what others would see to somebody here who only reads: who has moved away (`you_moved`), or whose role does not
 * allow to write (`not_permitted`). What people of other servers may do, theirs decide.
 */
export async function checkVoice(
  ctx: Context,
  tx: Transaction,
  person: Pick<PersonRow, "id" | "host" | "movedTo">,
): Promise<void> {
  if (person.host !== null) return;
  checkStays(person);
  await checkAllowed(ctx, { personId: person.id, permission: "write" }, tx);
}

/** Refuses `you_moved` whoever of this server lives on as another account: with this one nothing is begun or taken up. */
export function checkStays({ host, movedTo }: Pick<PersonRow, "host" | "movedTo">): void {
  if (host === null && movedTo !== null) throw new Refusal("you_moved");
}

/** The same for somebody of whom only the id is known. */
export async function requireStays(tx: Transaction, personId: PersonId): Promise<void> {
  const person = await findPersonById(tx, personId);
  if (person !== null) checkStays(person);
}

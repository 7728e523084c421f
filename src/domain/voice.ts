import type { Transaction } from "#db/connect.ts";
import type { PersonRow } from "#db/people.ts";
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
  { id: personId, host, movedTo }: Pick<PersonRow, "id" | "host" | "movedTo">,
): Promise<void> {
  if (host !== null) return;
  if (movedTo !== null) throw new Refusal("you_moved");
  await checkAllowed(ctx, { personId, permission: "write" }, tx);
}

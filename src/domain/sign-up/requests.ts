import type { PersonRow } from "#db/people.ts";
import {
  deleteRequest,
  findRequestByHandle,
  findRequests,
  type SignUpRequestId,
  type SignUpRequestRow,
} from "#db/sign-up.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { addAccount } from "../accounts.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { normaliseHandle } from "../handles.ts";
import { makeKeyPairs } from "../keys.ts";
import { requirePermission } from "../roles.ts";
import { transact } from "../transact.ts";
import { orderConfirmation } from "./email.ts";

export type { SignUpRequestId };

/** Somebody who waits for consent, as whoever decides sees them. */
export type SignUpRequest = Omit<SignUpRequestRow, "passwordHash">;

/** Who decides; `by` is null for the command line. */
interface Decision {
  by: PersonId | null;
  id: SignUpRequestId;
  address?: string;
}

/** Those who wait, oldest first, by pages. Refuses `not_permitted`. */
export async function listSignUpRequests(
  ctx: Context,
  { by, ...page }: { by: PersonId | null; after: SignUpRequestId | null; limit: number },
): Promise<SignUpRequest[]> {
  if (by !== null) await requirePermission(ctx, by, "people");
  return await findRequests(ctx.db, page);
}

/** Finds who waits for a handle; for the command line. */
export async function findSignUpRequest(ctx: Context, handle: string): Promise<SignUpRequest> {
  const found = await findRequestByHandle(ctx.db, normaliseHandle(handle));
  if (found === null) throw new Refusal("not_found", { field: "handle" });
  return found;
}

/**
 * Makes the account that somebody waits for; they sign in with the password that they chose. Of several who decide at once,
 * one does. Refuses `not_permitted`, an unknown request, and `handle_taken`, which leaves it waiting.
 */
export async function approveSignUp(ctx: Context, { by, id, address }: Decision): Promise<PersonRow> {
  if (by !== null) await requirePermission(ctx, by, "people");
  const pairs = await makeKeyPairs();
  return await transact(ctx, async (tx) => {
    const request = await deleteRequest(tx, id);
    if (request === null) throw new Refusal("not_found");
    const { handle, passwordHash, email, language } = request;
    const made = { by: "approval", actorId: by, role: "member", address } as const;
    const person = await addAccount(ctx, tx, { handle, passwordHash, pairs, ...made });
    if (email !== null && ctx.settings.mails)
      await orderConfirmation(ctx, tx, { letter: "approved", personId: person.id, email, language });
    return person;
  });
}

/** Says no; nothing of them is kept. Refuses `not_permitted`, and an unknown request. */
export async function rejectSignUp(ctx: Context, { by, id, address }: Decision): Promise<void> {
  if (by !== null) await requirePermission(ctx, by, "people");
  await transact(ctx, async (tx) => {
    if ((await deleteRequest(tx, id)) === null) throw new Refusal("not_found");
    await audit(ctx, tx, { action: "sign-up.rejected", actorId: by, details: { requestId: id }, address });
  });
}

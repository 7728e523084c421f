import { findAdministered, lockRoles } from "#db/administered.ts";
import type { Transaction } from "#db/connect.ts";
import { setEnding } from "#db/endings.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { checkOwnerRemains, decide, type Administered, type Decided } from "../people-rules.ts";
import { endSessions } from "../tokens.ts";
import { transact } from "../transact.ts";

const DAY_MS = 24 * 3600 * 1000;

/**
 * Lets one's own account end, after the days in which one may keep it: all sessions end now, and nobody comes in without saying
 * that they keep it. Others see nothing of it until then; what they write arrives, and waits unread. Answers when it ends.
 * Refuses `last_owner`.
 */
export async function endOwnAccount(
  ctx: Context,
  { personId, address }: { personId: PersonId; address?: string },
): Promise<Date> {
  const endsAt = await transact(ctx, async (tx) => {
    await lockRoles(tx);
    const person = await findAdministered(tx, personId);
    if (person === null || person.state !== "active") throw new Refusal("not_found");
    return await endWithin(ctx, tx, {
      person,
      decided: { by: personId, personId, ...(address && { address }) },
    });
  });
  forgetBearers(ctx);
  return endsAt;
}

/** The same for somebody else, by whoever decides about people. Refuses `not_permitted`, `last_owner`, and oneself. */
export async function endAccount(ctx: Context, decided: Decided): Promise<Administered> {
  if (decided.by === decided.personId) throw new Refusal("yourself");
  return await decide(ctx, { ...decided, permission: "people" }, async (tx, { person }) => {
    return { ...person, endsAt: await endWithin(ctx, tx, { person, decided }) };
  });
}

/** Keeps an account that was to end, by whoever decides about people. Refuses `not_permitted`. */
export async function keepAccount(ctx: Context, decided: Decided): Promise<Administered> {
  return await decide(ctx, { ...decided, permission: "people" }, async (tx, { person }) => {
    await keepWithin(ctx, tx, decided);
    return { ...person, endsAt: null };
  });
}

/** Keeps an account, in the transaction in which it was found to be ending. One that is not stays as it is. */
export async function keepWithin(
  ctx: Context,
  tx: Transaction,
  { personId, by, address }: Omit<Decided, "address"> & { address?: string | null },
): Promise<void> {
  if (!(await setEnding(tx, personId, null))) return;
  const from = { actorId: by, personId, address: address ?? undefined };
  await audit(ctx, tx, { action: "account.kept", details: {}, ...from });
}

/** Whoever asks again does not begin anew. */
async function endWithin(
  ctx: Context,
  tx: Transaction,
  { person, decided: { by, personId, address } }: { person: Administered; decided: Decided },
): Promise<Date> {
  await endSessions(ctx, tx, { personId });
  if (person.endsAt !== null) return person.endsAt;
  await checkOwnerRemains(tx, person);
  const endsAt = new Date(ctx.now().getTime() + ctx.settings.accountGraceDays * DAY_MS);
  await setEnding(tx, personId, endsAt);
  const details = { endsAt: endsAt.toISOString() };
  await audit(ctx, tx, { action: "account.ending", actorId: by, personId, details, address });
  return endsAt;
}

import { deleteIdentity, findIdentitiesOf, type IssuerId, lockWaysIn } from "#db/issuers.ts";
import { findPasskeys } from "#db/factors.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { transact } from "../transact.ts";
import { endIssued } from "./ended.ts";
import { addIdentity } from "./identity.ts";
import { type Linking, takeLink } from "./sign-in.ts";

export type Identity = Awaited<ReturnType<typeof findIdentitiesOf>>[number];

/** By which issuers somebody is known, oldest first. */
export async function listIdentities(ctx: Context, personId: PersonId): Promise<Identity[]> {
  return await findIdentitiesOf(ctx.db, personId);
}

/** Lets an issuer that has just named somebody sign them in from now on. Refuses `ticket_invalid`, `identity_taken`, `identity_exists`. */
export async function finishLink(
  ctx: Context,
  input: Linking & { ticket: string; flow: string | undefined; address?: string },
): Promise<void> {
  const { personId, address } = input;
  const said = await takeLink(ctx, input);
  await transact(ctx, async (tx) => {
    await lockWaysIn(tx, personId);
    const all = await findIdentitiesOf(tx, personId);
    if (all.some(({ issuerId }) => issuerId === said.issuer.id)) throw new Refusal("identity_exists");
    await addIdentity(ctx, tx, { said, personId, address });
  });
}

/** Lets an issuer name somebody no more, and ends what began by its word, but for the browser that asks. Refuses an unknown one, and `last_way_in` where they could not sign in any more. */
export async function unlink(
  ctx: Context,
  input: Linking & { issuerId: IssuerId; address?: string },
): Promise<void> {
  const { personId, sessionId: except, issuerId, address } = input;
  await transact(ctx, async (tx) => {
    const { password } = await lockWaysIn(tx, personId);
    const [all, passkeys] = [await findIdentitiesOf(tx, personId), await findPasskeys(tx, personId)];
    const found = all.find((one) => one.issuerId === issuerId);
    if (found === undefined) throw new Refusal("not_found");
    const others = all.filter((one) => one !== found && one.disabledAt === null);
    if (!password && passkeys.length === 0 && others.length === 0) throw new Refusal("last_way_in");
    await deleteIdentity(tx, { issuerId, personId });
    await endIssued(ctx, tx, { issuerId, personId, isByToken: false, except });
    const details = { slug: found.slug };
    await audit(ctx, tx, { action: "identity.unlinked", actorId: personId, personId, details, address });
  });
  forgetBearers(ctx);
}

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
import { readToken } from "./token.ts";
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
  await link(ctx, { said: await takeLink(ctx, input), personId, address });
}

/**
 * The same for an issuer whose signed token somebody shows, who has just shown who they are here. Refuses `provider_failed` where the
 * token does not hold, `provider_unreachable`, `identity_taken`, `identity_exists`.
 */
export async function linkToken(
  ctx: Context,
  { token, ...owner }: { personId: PersonId; token: string; address?: string },
): Promise<void> {
  const said = await readToken(ctx, token).catch((error: unknown) => {
    // Not `unauthorized`: that would say that the session in which they show it is over.
    const isWrong = error instanceof Refusal && error.code === "unauthorized";
    throw isWrong ? new Refusal("provider_failed", { field: "token" }) : error;
  });
  await link(ctx, { said, ...owner });
}

async function link(
  ctx: Context,
  { said, personId, address }: Pick<Parameters<typeof addIdentity>[2], "said" | "personId" | "address">,
): Promise<void> {
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

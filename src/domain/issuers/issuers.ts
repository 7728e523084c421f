import {
  deleteIssuer,
  findIssuers,
  insertIssuer,
  type IssuerId,
  type IssuerRow,
  lockIssuer,
  updateIssuer,
} from "#db/issuers.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { requirePermission } from "../roles.ts";
import { record, transact } from "../transact.ts";
import { checkIssuer, type IssuerInput } from "./check.ts";
import { endIssued } from "./ended.ts";
import { forgetIssuers } from "./known.ts";
import { openSealed, sealText } from "./secrets.ts";

export type { IssuerId, IssuerInput };
export type Issuer = IssuerRow;

/** Who decides, and from where; null is the command line. */
interface Decider {
  by: PersonId | null;
  address?: string;
}

/** What may be decided anew; what is left out stays. */
export type IssuerChange = Partial<Omit<IssuerInput, "slug" | "uri">> & { disabled?: boolean };

/** Everybody whose word about who people are is taken, oldest first. Refuses `not_permitted`. */
export async function listIssuers(ctx: Context, { by }: Pick<Decider, "by">): Promise<Issuer[]> {
  if (by !== null) await requirePermission(ctx, by, "issuers");
  return await findIssuers(ctx.db);
}

/** Takes somebody's word from now on. Refuses `not_permitted`, `issuer_invalid`, `issuer_exists`. */
export async function addIssuer(
  ctx: Context,
  { by, address, issuer: input }: Decider & { issuer: IssuerInput },
): Promise<Issuer> {
  if (by !== null) await requirePermission(ctx, by, "issuers");
  const row: IssuerRow = {
    id: newId<"issuer">(),
    disabledAt: null,
    createdAt: ctx.now(),
    ...toRow(ctx, checkIssuer(ctx, input)),
  };
  await transact(ctx, async (tx) => {
    if (!(await insertIssuer(tx, row))) throw new Refusal("issuer_exists", { field: "uri" });
    await audit(ctx, tx, { action: "issuer.made", actorId: by, details: { slug: row.slug }, address });
    record(tx, "terms.changed", {});
  });
  forgetIssuers(ctx);
  return row;
}

/**
 * Decides anew about an issuer. Whoever uses its tokens shows one anew; who signed in by it stays so,
 * unless its word counts no more. Its address, and the claim that names people, stay:
 * others could come in as those whom it named so far. Refuses `not_permitted`, `issuer_invalid`, an unknown one.
 */
export async function changeIssuer(
  ctx: Context,
  { by, address, id, change }: Decider & { id: IssuerId; change: IssuerChange },
): Promise<Issuer> {
  if (by !== null) await requirePermission(ctx, by, "issuers");
  const { disabled, ...rest } = change;
  const row = await transact(ctx, async (tx) => {
    const before = await lockIssuer(tx, id);
    if (before === null) throw new Refusal("not_found");
    const input = { ...toInput(ctx, before), ...rest };
    // One that could not be any more can still be switched off.
    const isOnlyOff = disabled === true && Object.keys(rest).length === 0;
    const checked = isOnlyOff ? input : checkIssuer(ctx, input);
    if (checked.claims.subject !== before.claims.subject)
      throw new Refusal("issuer_invalid", { field: "claims" });
    const isDisabled = disabled ?? before.disabledAt !== null;
    const disabledAt = isDisabled ? (before.disabledAt ?? ctx.now()) : null;
    const after: IssuerRow = { ...before, ...toRow(ctx, checked), disabledAt };
    await updateIssuer(tx, after);
    await endIssued(ctx, tx, { issuerId: id, isByToken: after.signsIn && !isDisabled });
    const details = { slug: before.slug, disabled: isDisabled };
    await audit(ctx, tx, { action: "issuer.changed", actorId: by, details, address });
    record(tx, "terms.changed", {});
    return after;
  });
  forgetIssuers(ctx);
  forgetBearers(ctx);
  return row;
}

/** Takes its word no more: what began by it ends, and whom it knew is forgotten. Refuses `not_permitted`, and an unknown one. */
export async function removeIssuer(
  ctx: Context,
  { by, address, id }: Decider & { id: IssuerId },
): Promise<void> {
  if (by !== null) await requirePermission(ctx, by, "issuers");
  await transact(ctx, async (tx) => {
    const row = await lockIssuer(tx, id);
    if (row === null) throw new Refusal("not_found");
    await endIssued(ctx, tx, { issuerId: id, isByToken: false });
    await deleteIssuer(tx, id);
    const details = { slug: row.slug };
    await audit(ctx, tx, { action: "issuer.removed", actorId: by, details, address });
    record(tx, "terms.changed", {});
  });
  forgetIssuers(ctx);
  forgetBearers(ctx);
}

function toRow(ctx: Context, input: IssuerInput): Omit<IssuerRow, "id" | "disabledAt" | "createdAt"> {
  const { clientSecret, sharedKey, algorithms, ...rest } = input;
  return {
    ...rest,
    clientSecret: sealText(ctx, clientSecret),
    sharedKey: sealText(ctx, sharedKey),
    algorithms: [...algorithms],
  };
}

function toInput(ctx: Context, row: IssuerRow): IssuerInput {
  const { id: _id, disabledAt: _disabledAt, createdAt: _createdAt, ...rest } = row;
  return {
    ...rest,
    clientSecret: openSealed(ctx, row.clientSecret),
    sharedKey: openSealed(ctx, row.sharedKey),
  };
}

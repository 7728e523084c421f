import { Secret, TOTP } from "otpauth";
import type { Transaction } from "#db/connect.ts";
import { confirmTotpRow, deleteTotp, findTotp, putTotp, useStep, type TotpRow } from "#db/factors.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { endIssued } from "../issuers/ended.ts";
import { forgetBearers } from "../known-bearers.ts";
import { readPerson } from "../people.ts";
import { transact } from "../transact.ts";
import { codesForFirst, dropCodesAfterLast } from "./recovery.ts";

/** As every authenticator has it (RFC 6238): SHA-1, six digits, thirty seconds. */
const PERIOD = 30;
const DIGITS = 6;
/** RFC 4226 section 4, R6. */
const SECRET_BYTES = 20;
/** Steps before and after the present one that count, for clocks that are a little wrong. */
const WINDOW = 1;

/** Who changes something of their own, and from where. */
export interface Changer {
  personId: PersonId;
  address?: string;
  /** Null for the command line, where an operator does it for somebody who lost theirs. */
  by?: PersonId | null;
}

/** Makes a secret for somebody's authenticator; it counts once a code has shown that it is there. Refuses `factor_exists`. */
export async function beginTotp(ctx: Context, personId: PersonId): Promise<{ secret: string; uri: string }> {
  const { handle } = await readPerson(ctx, personId);
  const secret = new Secret({ size: SECRET_BYTES });
  const sealed = ctx.secrets.seal(secret.bytes);
  if (!(await putTotp(ctx.db, { personId, secret: sealed }))) throw new Refusal("factor_exists");
  const totp = new TOTP({ ...shape, issuer: ctx.settings.host, label: handle, secret });
  return { secret: secret.base32, uri: totp.toString() };
}

/**
 * Makes an authenticator count, by a code of it. Answers recovery codes if this is the first factor, else null. Refuses
 * `wrong_code`, also where nothing was begun.
 */
export async function confirmTotp(
  ctx: Context,
  { personId, address, code }: Changer & { code: string },
): Promise<string[] | null> {
  const codes = await transact(ctx, async (tx) => {
    const row = await findTotp(tx, personId);
    const step = row === null || isConfirmed(row) ? null : stepOf(ctx, row, code);
    const isDone =
      row !== null && step !== null && (await confirmTotpRow(tx, { ...row, at: ctx.now(), lastStep: step }));
    if (!isDone) throw new Refusal("wrong_code", { field: "code" });
    const details = { factor: "totp" as const };
    await audit(ctx, tx, { action: "factor.added", actorId: personId, personId, details, address });
    // A token of an issuer cannot take the second step that is asked for from now on.
    await endIssued(ctx, tx, { personId, isByToken: true });
    return await codesForFirst(ctx, tx, { personId, address });
  });
  forgetBearers(ctx);
  return codes;
}

/** Takes somebody's authenticator away. Refuses `not_found`. */
export async function removeTotp(ctx: Context, { personId, address, by = personId }: Changer): Promise<void> {
  await transact(ctx, async (tx) => {
    if (!(await deleteTotp(tx, personId))) throw new Refusal("not_found");
    const details = { factor: "totp" as const };
    await audit(ctx, tx, { action: "factor.removed", actorId: by, personId, details, address });
    await dropCodesAfterLast(tx, personId);
  });
}

/** Whether a code is one of somebody's authenticator, and uses it up, with all before it. */
export async function proveTotp(
  ctx: Context,
  tx: Transaction,
  { personId, code }: { personId: PersonId; code: string },
): Promise<boolean> {
  const row = await findTotp(tx, personId);
  if (row === null || !isConfirmed(row)) return false;
  const step = stepOf(ctx, row, code);
  return step !== null && (await useStep(tx, personId, step));
}

const shape = { algorithm: "SHA1", digits: DIGITS, period: PERIOD };

function isConfirmed(row: TotpRow | null): boolean {
  return row?.confirmedAt != null;
}

/** To which step of time a code belongs. */
function stepOf(ctx: Context, row: TotpRow, code: string): number | null {
  const token = code.replaceAll(/\s/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const secret = new Secret({ buffer: new Uint8Array(ctx.secrets.open(row.secret)).buffer });
  const timestamp = ctx.now().getTime();
  const delta = TOTP.validate({ ...shape, token, secret, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / (PERIOD * 1000)) + delta;
}

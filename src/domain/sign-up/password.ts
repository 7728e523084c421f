import { findPasswordHash, replacePassword } from "#db/accounts.ts";
import type { Transaction } from "#db/connect.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { AuditDetails } from "../audit-actions.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { hashPassword, isPassword } from "../passwords.ts";
import { endSessions } from "../tokens.ts";
import { transact } from "../transact.ts";

export interface ChangePassword {
  personId: PersonId;
  /** The session that goes on; all others end. */
  sessionId: SessionId;
  current: string;
  password: string;
  address?: string | undefined;
}

/**
 * Gives whoever knows their password another one, and ends all their other sessions with it. Refuses
 * `current_password_wrong` and a password that is too short.
 */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<void> {
  const { personId, sessionId: except, address } = input;
  const before = await checkCurrent(ctx, input);
  const passwordHash = await hashPassword(input.password);
  const set = { personId, passwordHash, before, except, by: "owner", actorId: personId, address } as const;
  await transact(ctx, (tx) => setPassword(ctx, tx, set));
  forgetBearers(ctx);
}

/** Gives somebody a password as the operator; all their sessions end. Refuses a password that is too short. */
export async function givePassword(
  ctx: Context,
  { personId, password }: { personId: PersonId; password: string },
): Promise<void> {
  const passwordHash = await hashPassword(password);
  const set = { personId, passwordHash, by: "command", actorId: null } as const;
  await transact(ctx, (tx) => setPassword(ctx, tx, set));
  forgetBearers(ctx);
}

/** Whether somebody who is signed in knows their password. Answers what it is kept as; refuses `current_password_wrong`. */
export async function checkCurrent(
  ctx: Context,
  { personId, current, field = "current" }: { personId: PersonId; current: string; field?: string },
): Promise<string> {
  const passwordHash = await findPasswordHash(ctx.db, personId);
  if (!(await isPassword(current, passwordHash)) || passwordHash === null) throw wrong(field);
  return passwordHash;
}

interface SetPassword {
  personId: PersonId;
  passwordHash: string;
  /** What was found right; where it is another one by now, nothing is changed. */
  before?: string;
  except?: SessionId;
  by: AuditDetails["password.changed"]["by"];
  actorId: PersonId | null;
  address?: string | undefined;
}

/** Replaces a password and ends the sessions that the former one began, in one transaction; `forgetBearers` comes after it. */
export async function setPassword(ctx: Context, tx: Transaction, input: SetPassword): Promise<void> {
  const { personId, by, actorId, address, except } = input;
  if (!(await replacePassword(tx, input))) throw wrong("current");
  await endSessions(ctx, tx, { personId, ...(except !== undefined && { except }) });
  await audit(ctx, tx, { action: "password.changed", actorId, personId, details: { by }, address });
}

function wrong(field: string): Refusal {
  return new Refusal("current_password_wrong", { field });
}

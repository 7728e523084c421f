import { replacePassword } from "#db/accounts.ts";
import type { Transaction } from "#db/connect.ts";
import { isOpenSession } from "#db/session-list.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { AuditDetails } from "../audit-actions.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { hashPassword } from "../passwords.ts";
import { endSessions } from "../tokens.ts";
import { transact } from "../transact.ts";

export interface ChangePassword {
  personId: PersonId;
  /** The session that goes on; all others end. */
  sessionId: SessionId;
  password: string;
  address?: string | undefined;
}

/**
 * Gives whoever has just shown who they are another password, or a first one, and ends all their other sessions with it.
 * Refuses a password that is too short, and `unauthorized` where another change has ended this session meanwhile.
 */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<void> {
  const { personId, sessionId: except, password, address } = input;
  const passwordHash = await hashPassword(password);
  const set = { personId, passwordHash, except, by: "owner", actorId: personId, address } as const;
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

interface SetPassword {
  personId: PersonId;
  passwordHash: string;
  /** The session that changes it, which goes on. */
  except?: SessionId;
  by: AuditDetails["password.changed"]["by"];
  actorId: PersonId | null;
  address?: string | undefined;
}

/** Replaces a password and ends the sessions that the former one began, in one transaction; `forgetBearers` comes after it. */
export async function setPassword(ctx: Context, tx: Transaction, input: SetPassword): Promise<void> {
  const { personId, passwordHash, by, actorId, address, except } = input;
  // Of two changes at once the second waits here, and then its session is over.
  await replacePassword(tx, { personId, passwordHash });
  if (except !== undefined && !(await isOpenSession(tx, except))) throw new Refusal("unauthorized");
  await endSessions(ctx, tx, { personId, ...(except !== undefined && { except }) });
  await audit(ctx, tx, { action: "password.changed", actorId, personId, details: { by }, address });
}

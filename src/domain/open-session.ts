import type { Transaction } from "#db/connect.ts";
import type { IssuerId } from "#db/issuers.ts";
import { insertSession, revokeSurplusSessions } from "#db/sessions.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import type { SignInWay } from "./audit-actions.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { record } from "./transact.ts";

/** Sessions of one person in browsers, and by tokens of others; with one more, the one that was not used for longest ends. */
export const SESSIONS_PER_PERSON = 50;

/** From what somebody signs in, as far as that can be known. */
export interface Device {
  /** What the program says of itself; null for the command line. */
  userAgent: string | null;
  address: string | null;
}

/** Most characters of what a program says of itself. */
const USER_AGENT = 300;

/** The same, as a request says it. */
export function deviceFrom(userAgent: string | undefined, address: string | null): Device {
  return { userAgent: userAgent?.slice(0, USER_AGENT) ?? null, address };
}

/** A session that is about to begin. */
export interface NewSession {
  id: SessionId;
  personId: PersonId;
  client: string;
  name: string;
  /** By whose word it begins; it ends with that. */
  issuerId?: IssuerId | undefined;
  externalKey?: string;
  by: SignInWay;
  device: Device;
}

/** Begins a session, and notes it: the one place where that happens. It asks nobody who they are. */
export async function openSession(ctx: Context, tx: Transaction, input: NewSession): Promise<void> {
  const { by, device, ...session } = input;
  const { personId } = session;
  const createdAt = ctx.now();
  await insertSession(tx, { ...session, ...device, createdAt, seenAt: createdAt });
  await audit(ctx, tx, {
    action: "session.began",
    actorId: by === "command" ? null : personId,
    personId,
    details: { sessionId: session.id, by },
    address: device.address ?? undefined,
  });
}

/** Ends of somebody's sessions with this client those that were not used for longest, where there are too many. */
export async function endSurplus(
  ctx: Context,
  tx: Transaction,
  { personId, client }: Pick<NewSession, "personId" | "client">,
): Promise<void> {
  const most = SESSIONS_PER_PERSON;
  const surplus = await revokeSurplusSessions(tx, { personId, client, most, at: ctx.now() });
  for (const sessionId of surplus) record(tx, "session.revoked", { sessionId, personId });
}

import { findMailbox, setEmail } from "#db/mailboxes.ts";
import { deleteTicketsFor } from "#db/tickets.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import type { Language } from "#lib/language.ts";
import { checkMails, orderMail } from "../mail/order.ts";
import { openTicket, readOpenTicket, takeTicket } from "../tickets.ts";
import { transact } from "../transact.ts";

const purpose = "email";
/** Seconds in which somebody says that an address is theirs. */
const CONFIRM_SECONDS = 24 * 3600;

/** Where somebody is reached, and what they have yet to confirm; null for nowhere. */
interface Reached {
  email: string | null;
  waiting: string | null;
  /** Whether this server sends mail. */
  mails: boolean;
}

/** The address at which somebody is reached, and the one that waits until they confirm it. */
export async function readEmail(ctx: Context, personId: PersonId): Promise<Reached> {
  const [mailbox, asked] = await Promise.all([
    findMailbox(ctx.db, { personId }),
    readOpenTicket(ctx, ctx.db, { personId, purpose }),
  ]);
  const waiting = asked === null ? null : (asked.data as { email: string }).email;
  return { email: mailbox?.email ?? null, waiting, mails: ctx.settings.mails };
}

export interface ChangeEmail {
  personId: PersonId;
  /** Null for none. */
  email: string | null;
  language: Language;
  address?: string | undefined;
}

/**
 * Writes to an address at which somebody wants to be reached; it counts once they have confirmed it, and until then the
 * former one does. None counts at once; either way, no link that was sent before counts any more. Refuses `mail_off`; never says
 * whose an address is.
 */
export async function changeEmail(ctx: Context, input: ChangeEmail): Promise<void> {
  const { personId, email, language, address } = input;
  if (email !== null) checkMails(ctx, "email");
  await transact(ctx, async (tx) => {
    await deleteTicketsFor(tx, { personId, purpose });
    if (email !== null) return await orderMail(tx, { letter: "confirm", personId, email, language });
    await setEmail(tx, { personId, email, at: ctx.now() });
    await audit(ctx, tx, { action: "email.changed", actorId: personId, personId, details: {}, address });
  });
}

/** Gives somebody an address as the operator, who vouches for it, or none. Refuses `email_taken`. */
export async function giveEmail(
  ctx: Context,
  { personId, email }: { personId: PersonId; email: string | null },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await deleteTicketsFor(tx, { personId, purpose });
    if (!(await setEmail(tx, { personId, email, at: ctx.now() }))) throw new Refusal("email_taken");
    await audit(ctx, tx, { action: "email.changed", actorId: null, personId, details: {} });
  });
}

/** A link with which somebody says that an address is theirs. What follows `#` is sent to no server. */
export async function openEmailTicket(
  ctx: Context,
  { personId, email }: { personId: PersonId; email: string },
): Promise<string> {
  const ticket = await openTicket(ctx, ctx.db, {
    purpose,
    seconds: CONFIRM_SECONDS,
    personId,
    data: { email },
  });
  return `${ctx.settings.origin}/confirm-email#${ticket}`;
}

/** Takes an address as its owner's. Refuses `ticket_invalid`, and `email_taken` to whoever has shown that they read it. */
export async function confirmEmail(
  ctx: Context,
  { ticket: secret, address }: { ticket: string; address?: string },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const { personId, data } = await takeTicket(ctx, tx, { secret, purpose });
    const { email } = data as { email: string };
    if (personId === null) throw new Refusal("ticket_invalid", { field: "ticket" });
    if (!(await setEmail(tx, { personId, email, at: ctx.now() }))) throw new Refusal("email_taken");
    await audit(ctx, tx, { action: "email.changed", actorId: personId, personId, details: {}, address });
  });
}

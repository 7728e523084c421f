import { findMailbox, setEmail } from "#db/mailboxes.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import type { Language } from "../mail/language.ts";
import { checkMails, orderMail } from "../mail/order.ts";
import { openTicket, takeTicket } from "../tickets.ts";
import { transact } from "../transact.ts";
import { checkCurrent } from "./password.ts";

const purpose = "email";
/** Seconds in which somebody says that an address is theirs. */
const CONFIRM_SECONDS = 24 * 3600;

/** The address at which somebody is reached; null for none. */
export async function readEmail(ctx: Context, personId: PersonId): Promise<string | null> {
  return (await findMailbox(ctx.db, { personId }))?.email ?? null;
}

export interface ChangeEmail {
  personId: PersonId;
  /** Null for none. */
  email: string | null;
  current: string;
  language: Language;
  address?: string | undefined;
}

/**
 * Writes to an address at which somebody wants to be reached; it counts once they have confirmed it, and until then the
 * former one does. None counts at once. Refuses `current_password_wrong` and `mail_off`; never says whose an address is.
 */
export async function changeEmail(ctx: Context, input: ChangeEmail): Promise<void> {
  const { personId, email, language, address } = input;
  if (email !== null) checkMails(ctx, "email");
  await checkCurrent(ctx, input);
  if (email !== null) return await orderMail(ctx.db, { letter: "confirm", personId, email, language });
  await transact(ctx, async (tx) => {
    await setEmail(tx, { personId, email, at: ctx.now() });
    await audit(ctx, tx, { action: "email.changed", actorId: personId, personId, details: {}, address });
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

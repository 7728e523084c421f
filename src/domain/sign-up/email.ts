import type { Transaction } from "#db/connect.ts";
import { findMailbox, holdMailbox, setEmail, type Mailbox } from "#db/mailboxes.ts";
import { isOpenSession } from "#db/session-list.ts";
import { deleteTicketsFor } from "#db/tickets.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import type { Language } from "#lib/language.ts";
import { checkMails, orderMail, tellOwner, type Confirmation } from "../mail/order.ts";
import { holdsTicket, openTicket, readOpenTicket, readTicket, takeTicket } from "../tickets.ts";
import { transact } from "../transact.ts";
import { RESET_PURPOSE } from "./reset.ts";

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
  /** The session that asks for it. */
  sessionId: SessionId;
  /** Null for none. */
  email: string | null;
  language: Language;
  address?: string | undefined;
}

/**
 * Writes to an address at which somebody wants to be reached; it counts once they have confirmed it, and until then the
 * former one does. None counts at once; either way, no link that was sent before counts any more. Refuses `mail_off`, and
 * `unauthorized` where another password has ended this session meanwhile; never says whose an address is.
 */
export async function changeEmail(ctx: Context, input: ChangeEmail): Promise<void> {
  const { personId, sessionId, email, language } = input;
  if (email !== null) checkMails(ctx, "email");
  await transact(ctx, async (tx) => {
    const mailbox = await holdMailbox(tx, { personId });
    if (mailbox === null || !(await isOpenSession(tx, sessionId))) throw new Refusal("unauthorized");
    if (email === null) return await replace(ctx, tx, { ...input, mailbox, actorId: personId });
    await deleteTicketsFor(tx, { personId, purposes: [purpose] });
    await orderConfirmation(ctx, tx, { letter: "confirm", personId, email, language });
  });
}

/** Gives somebody an address as the operator, who vouches for it, or none. Refuses `email_taken`. */
export async function giveEmail(
  ctx: Context,
  { personId, email }: { personId: PersonId; email: string | null },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const mailbox = await holdMailbox(tx, { personId });
    await replace(ctx, tx, { personId, mailbox, email, actorId: null, language: "en" });
  });
}

/** Orders the letter with the link by which somebody says that an address is theirs, in the transaction of the deed. */
export async function orderConfirmation(
  ctx: Context,
  tx: Transaction,
  order: Omit<Confirmation, "ticket"> & { language: Language },
): Promise<void> {
  const { personId, email } = order;
  const secret = await openTicket(ctx, tx, { purpose, seconds: CONFIRM_SECONDS, personId, data: { email } });
  const ticket = Buffer.from(ctx.secrets.seal(Buffer.from(secret))).toString("base64");
  await orderMail(tx, { ...order, ticket });
}

/** The link of a letter that was ordered, while it counts. What follows `#` is sent to no server. */
export async function confirmationUrl(
  ctx: Context,
  { ticket }: Pick<Confirmation, "ticket">,
): Promise<string | null> {
  const secret = Buffer.from(ctx.secrets.open(Buffer.from(ticket, "base64"))).toString();
  if (!(await holdsTicket(ctx, ctx.db, { secret, purpose }))) return null;
  return `${ctx.settings.origin}/confirm-email#${secret}`;
}

/** Takes an address as its owner's. Refuses `ticket_invalid`, and `email_taken` to whoever has shown that they read it. */
export async function confirmEmail(
  ctx: Context,
  { ticket: secret, language, address }: { ticket: string; language: Language; address?: string },
): Promise<void> {
  const { personId } = await readTicket(ctx, ctx.db, { secret, purpose });
  if (personId === null) throw new Refusal("ticket_invalid", { field: "ticket" });
  await transact(ctx, async (tx) => {
    const mailbox = await holdMailbox(tx, { personId });
    const { email } = (await takeTicket(ctx, tx, { secret, purpose })).data as { email: string };
    await replace(ctx, tx, { personId, mailbox, email, actorId: personId, language, address });
  });
}

interface Replacement {
  personId: PersonId;
  /** As it was, held. */
  mailbox: Mailbox | null;
  email: string | null;
  /** Null for the operator. */
  actorId: PersonId | null;
  language: Language;
  address?: string | undefined;
}

/** Another address, or none: what was sent before leads nowhere, and the former address is told. */
async function replace(ctx: Context, tx: Transaction, input: Replacement): Promise<void> {
  const { personId, mailbox, email, actorId, language, address } = input;
  await deleteTicketsFor(tx, { personId, purposes: [purpose, RESET_PURPOSE] });
  if (mailbox?.email !== email) await tellOwner(ctx, tx, { letter: "email-changed", personId, language });
  if (!(await setEmail(tx, { personId, email, at: ctx.now() }))) throw new Refusal("email_taken");
  await audit(ctx, tx, { action: "email.changed", actorId, personId, details: {}, address });
}

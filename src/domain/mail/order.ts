import type { Queryable } from "#db/connect.ts";
import { findMailbox } from "#db/mailboxes.ts";
import { addJob } from "#db/jobs.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { Language } from "#lib/language.ts";

/** The job that writes and sends a letter. */
export const MAIL_TASK = "send-mail";
/** Tries over about an hour: what comes later would be a link that nobody waits for any more. */
const ATTEMPTS = 8;

/** A letter that is to be written: no secret stands in it but sealed, and nothing that is only true of people who exist. */
export type MailOrder = { language: Language } & (
  | { letter: "reset"; to: { handle: string } | { email: string } }
  | Confirmation
  | Told
);

/** A letter with a link that shows whose an address is. */
export interface Confirmation {
  letter: "confirm" | "approved";
  personId: PersonId;
  email: string;
  /** What stands behind `#` of the link, sealed: whatever ends it while the letter waits ends the letter. */
  ticket: string;
}

/** What the owner of an account is told, without a link. */
interface Told {
  letter: "link-made" | "email-changed";
  personId: PersonId;
  email: string;
}

/** Refuses `mail_off` where this server sends no mail; the same for everybody. */
export function checkMails(ctx: Context, field: string): void {
  if (!ctx.settings.mails) throw new Refusal("mail_off", { field });
}

/** Lets a letter be written and sent, off the way of the request. */
export async function orderMail(q: Queryable, order: MailOrder): Promise<void> {
  await addJob(q, { task: MAIL_TASK, payload: order, attempts: ATTEMPTS });
}

/** Tells the owner of an account something at the address that they have confirmed, if there is one and this server sends mail. */
export async function tellOwner(
  ctx: Context,
  q: Queryable,
  { personId, ...order }: Omit<Told, "email"> & { language: Language },
): Promise<void> {
  if (!ctx.settings.mails) return;
  const mailbox = await findMailbox(q, { personId });
  if (mailbox?.email == null) return;
  await orderMail(q, { ...order, personId, email: mailbox.email });
}

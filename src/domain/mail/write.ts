import { findMailbox } from "#db/mailboxes.ts";
import { openEmailTicket } from "../sign-up/email.ts";
import { openReset, resetUrl } from "../sign-up/reset.ts";
import type { Context } from "../context.ts";
import type { Language } from "#lib/language.ts";
import type { MailOrder } from "./order.ts";
import { letters } from "./texts.ts";

/** Seconds that a link lasts which came by mail. */
const RESET_SECONDS = 3600;

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** Writes a letter, most of them with a link that works once; null when there is nobody whom it is for. */
export async function writeMail(ctx: Context, order: MailOrder): Promise<Mail | null> {
  if (order.letter !== "reset") {
    const person = await findMailbox(ctx.db, { personId: order.personId });
    if (person === null) return null;
    const { personId, handle } = person;
    if (order.letter === "link-made") return letter(ctx, order, { to: order.email, handle });
    const url = await openEmailTicket(ctx, { personId, email: order.email });
    return letter(ctx, order, { to: order.email, handle, url });
  }
  // Only an address that its owner has confirmed leads into an account, in the spelling that they confirmed.
  const person = await findMailbox(ctx.db, order.to);
  if (person === null || person.email === null) return null;
  const { personId, handle, email: to } = person;
  const ticket = await openReset(ctx, ctx.db, { personId, seconds: RESET_SECONDS });
  return letter(ctx, order, { to, handle, url: resetUrl(ctx, ticket) });
}

function letter(
  { settings }: Context,
  { letter: name, language }: { letter: MailOrder["letter"]; language: Language },
  { to, handle, url = "" }: { to: string; handle: string; url?: string },
): Mail {
  const values = { address: `@${handle}@${settings.host}`, host: settings.host, url };
  const fill = (text: string) =>
    text.replaceAll(/\{(address|host|url)\}/g, (_, key: keyof typeof values) => values[key]);
  const { subject, text } = letters[language][name];
  return { to, subject: fill(subject), text: `${fill(text)}\n` };
}

import { findMailbox, holdMailbox } from "#db/mailboxes.ts";
import { confirmationUrl } from "../sign-up/email.ts";
import { openReset, resetUrl } from "../sign-up/reset.ts";
import type { Context } from "../context.ts";
import { countOne } from "../limits.ts";
import { transact } from "../transact.ts";
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

/**
 * Writes a letter, most of them with a link that works once; null when there is nobody whom it is for, or who got as many
 * links as they get. An order that is tried `again` was counted before.
 */
export async function writeMail(ctx: Context, order: MailOrder, again = false): Promise<Mail | null> {
  if (order.letter !== "reset") {
    const person = await findMailbox(ctx.db, { personId: order.personId });
    if (person === null) return null;
    const { handle } = person;
    const { email: to } = order;
    if (!("ticket" in order)) return letter(ctx, order, { to, handle });
    const url = await confirmationUrl(ctx, order);
    return url === null ? null : letter(ctx, order, { to, handle, url });
  }
  // Only an address that its owner has confirmed leads into an account, in the spelling that they confirmed.
  const asked = await findMailbox(ctx.db, order.to);
  if (asked === null || asked.email === null) return null;
  // Apart from other letters to the address: with those a stranger could keep the owner from theirs.
  const wait = again ? undefined : await countOne(ctx, "mail", `reset ${asked.personId}`);
  if (wait !== undefined) return null;
  return await transact(ctx, async (tx) => {
    const person = await holdMailbox(tx, order.to);
    if (person === null || person.email === null) return null;
    const { personId, handle, email: to } = person;
    const ticket = await openReset(ctx, tx, { personId, seconds: RESET_SECONDS });
    return letter(ctx, order, { to, handle, url: resetUrl(ctx, ticket) });
  });
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

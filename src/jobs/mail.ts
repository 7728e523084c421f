import { createTransport } from "nodemailer";
import type { Context } from "#domain/context.ts";
import type { MailOrder } from "#domain/mail/order.ts";
import { writeMail } from "#domain/mail/write.ts";

/** The server that takes our mail; the operator's own, and so no business of the way out to other servers. */
export interface MailServer {
  readonly url: string;
  readonly from: string;
  /** Links are ways into accounts: off this machine they travel encrypted or not at all. */
  readonly requireTls: boolean;
}

export interface Mailer {
  /** `again` for an order that failed before. */
  send(ctx: Context, order: MailOrder, again: boolean): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 20_000;

/** Hands letters to a mail server. */
export function createMailer({ url, from, requireTls }: MailServer): Mailer {
  const transport = createTransport({
    ...readUrl(url),
    requireTLS: requireTls,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return {
    send: async (ctx, order, again) => {
      const mail = await writeMail(ctx, order, again);
      if (mail === null) return;
      const { to, subject, text } = mail;
      await transport.sendMail({
        from: { name: ctx.settings.host, address: from },
        // As one address, whatever stands in it: a list is never read out of it.
        to: { name: "", address: to },
        subject,
        text,
        headers: { "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => transport.close(),
  };
}

function readUrl(text: string) {
  const url = new URL(text);
  const secure = url.protocol === "smtps:";
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ""),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    ...(user !== "" && { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}

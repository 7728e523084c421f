import { findAdministered } from "#db/administered.ts";
import type { Queryable } from "#db/connect.ts";
import { holdMailbox } from "#db/mailboxes.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { outranks, type ServerRole } from "#lib/server-role.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { normaliseHandle } from "../handles.ts";
import { forgetBearers } from "../known-bearers.ts";
import type { Language } from "#lib/language.ts";
import { checkMails, orderMail, tellOwner } from "../mail/order.ts";
import { checkPassword, hashPassword } from "../passwords.ts";
import { requirePermission } from "../roles.ts";
import { openTicket, readTicket, takeTicket } from "../tickets.ts";
import { transact } from "../transact.ts";
import { setPassword } from "./password.ts";

/** What tickets are for that lead to another password. */
export const RESET_PURPOSE = "password-reset";
/** Seconds that a link lasts that somebody who runs the server hands on. */
const LINK_SECONDS = 24 * 3600;

/** Where somebody gives themselves another password. What follows `#` is sent to no server, and stands in no log. */
export function resetUrl(ctx: Context, ticket: string): string {
  return `${ctx.settings.origin}/reset#${ticket}`;
}

/**
 * Writes to whoever has an account by this handle or confirmed address, if they have confirmed one. The same is done, and
 * takes as long, whether or not there is anybody: who it is is found out by the job. Refuses `mail_off`.
 */
export async function requestReset(
  ctx: Context,
  { to, language }: { to: { handle: string } | { email: string }; language: Language },
): Promise<void> {
  checkMails(ctx, "handle" in to ? "handle" : "email");
  const whose = "handle" in to ? { handle: normaliseHandle(to.handle) } : to;
  await orderMail(ctx.db, { letter: "reset", to: whose, language });
}

/** Opens a ticket with which somebody gives themselves another password; `role` as they must still have it then. */
export async function openReset(
  ctx: Context,
  q: Queryable,
  { personId, role, seconds }: { personId: PersonId; role?: ServerRole; seconds: number },
): Promise<string> {
  return await openTicket(ctx, q, {
    purpose: RESET_PURPOSE,
    seconds,
    personId,
    data: { role: role ?? null },
  });
}

/**
 * Makes a link with which somebody gives themselves another password, to be handed to them. Refuses `not_permitted`: only
 * who stands above somebody gets a way into their account, and only while they do. It is written to the owner, where they have
 * confirmed an address.
 */
export async function makeResetLink(
  ctx: Context,
  input: { by: PersonId | null; personId: PersonId; language: Language; address?: string },
): Promise<{ url: string; expiresAt: Date }> {
  const { by, personId, language, address } = input;
  const byRole = by === null ? null : await requirePermission(ctx, by, "passwords");
  return await transact(ctx, async (tx) => {
    const person = await findAdministered(tx, personId);
    if (person?.state !== "active") throw new Refusal("not_found");
    const { role } = person;
    if (byRole !== null && by !== personId && !outranks(byRole, role)) throw new Refusal("not_permitted");
    const ticket = await openReset(ctx, tx, { personId, role, seconds: LINK_SECONDS });
    await audit(ctx, tx, { action: "reset-link.made", actorId: by, personId, details: {}, address });
    await tellOwner(ctx, tx, { letter: "link-made", personId, language });
    const expiresAt = new Date(ctx.now().getTime() + LINK_SECONDS * 1000);
    return { url: resetUrl(ctx, ticket), expiresAt };
  });
}

/**
 * Gives whoever has a link another password; all sessions of the account end, and second factors stay. A password that is
 * too short does not use the link up. Refuses `ticket_invalid`.
 */
export async function finishReset(
  ctx: Context,
  input: { ticket: string; password: string; address?: string },
): Promise<void> {
  const { ticket: secret, password, address } = input;
  const named = { secret, purpose: RESET_PURPOSE } as const;
  const { personId } = await readTicket(ctx, ctx.db, named);
  checkPassword(password);
  const passwordHash = await hashPassword(password);
  await transact(ctx, async (tx) => {
    // The account before its tickets, as whatever ends them does.
    if (personId !== null) await holdMailbox(tx, { personId });
    const { data } = await takeTicket(ctx, tx, named);
    const person = personId === null ? null : await findAdministered(tx, personId);
    const { role } = data as { role: ServerRole | null };
    const holds = person?.state === "active" && (role === null || role === person.role);
    if (person === null || !holds) throw new Refusal("ticket_invalid", { field: "ticket" });
    const { id } = person;
    await setPassword(ctx, tx, { personId: id, passwordHash, by: "reset", actorId: id, address });
  });
  forgetBearers(ctx);
}

import { hash, randomBytes } from "node:crypto";
import type { Queryable } from "#db/connect.ts";
import {
  countMiss,
  deleteTicket,
  findOpenTicket,
  findTicket,
  insertTicket,
  type OfTicket,
  type TicketRow,
} from "#db/tickets.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";

export type TicketPurpose = TicketRow["purpose"];

/** What a ticket was opened with. */
export interface Ticket {
  /** Null where nobody is known yet. */
  personId: PersonId | null;
  data: unknown;
}

/** Wrong answers after which a ticket is gone. */
const MISSES = 5;

/**
 * Begins something that whoever has the answered secret may finish once, within `seconds`. `data` is what must be known
 * then: JSON, sealed, and never shown.
 */
export async function openTicket(
  ctx: Context,
  q: Queryable,
  input: { purpose: TicketPurpose; seconds: number; personId?: PersonId; data?: unknown },
): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  const { purpose, seconds, personId = null, data } = input;
  const sealed = data === undefined ? null : ctx.secrets.seal(Buffer.from(JSON.stringify(data)));
  const expiresAt = new Date(ctx.now().getTime() + seconds * 1000);
  await insertTicket(q, { hash: digestOf(secret), purpose, personId, data: sealed, expiresAt });
  return secret;
}

/** What a ticket was opened with, without using it up. Refuses `ticket_invalid`: unknown, used, run out or for something else. */
export async function readTicket(
  ctx: Context,
  q: Queryable,
  input: { secret: string; purpose: TicketPurpose },
): Promise<Ticket> {
  return opened(ctx, await findTicket(q, named(ctx, input)));
}

/** Whether a ticket can still be used. */
export async function holdsTicket(
  ctx: Context,
  q: Queryable,
  input: { secret: string; purpose: TicketPurpose },
): Promise<boolean> {
  return (await findTicket(q, named(ctx, input))) !== null;
}

/** Uses a ticket up: of two who bring it at the same time, one gets it. Refuses `ticket_invalid`. */
export async function takeTicket(
  ctx: Context,
  q: Queryable,
  input: { secret: string; purpose: TicketPurpose },
): Promise<Ticket> {
  return opened(ctx, await deleteTicket(q, named(ctx, input)));
}

/** What the newest ticket of somebody for a purpose was opened with, whoever has its secret; null where none holds. */
export async function readOpenTicket(
  ctx: Context,
  q: Queryable,
  { personId, purpose }: { personId: PersonId; purpose: TicketPurpose },
): Promise<Ticket | null> {
  const row = await findOpenTicket(q, { personId, purpose, now: ctx.now() });
  return row && opened(ctx, row);
}

/** Counts a wrong answer to what a ticket is for; after the fifth it is gone. */
export async function missTicket(
  ctx: Context,
  q: Queryable,
  input: { secret: string; purpose: TicketPurpose },
): Promise<void> {
  await countMiss(q, named(ctx, input), MISSES);
}

function named(ctx: Context, { secret, purpose }: { secret: string; purpose: TicketPurpose }): OfTicket {
  return { hash: digestOf(secret), purpose, now: ctx.now() };
}

function opened(ctx: Context, row: TicketRow | null): Ticket {
  if (row === null) throw new Refusal("ticket_invalid", { field: "ticket" });
  const { personId, data } = row;
  return {
    personId,
    data: data === null ? null : JSON.parse(Buffer.from(ctx.secrets.open(data)).toString()),
  };
}

function digestOf(secret: string): Uint8Array {
  return new Uint8Array(hash("sha256", secret, "buffer"));
}

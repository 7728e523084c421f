import { and, eq, isNull, sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { heldHandle } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

/** Whether a handle is held back: its owner has another one now, or is gone. */
export async function isHandleHeld(q: Queryable, handle: string): Promise<boolean> {
  const rows = await q.select().from(heldHandle).where(eq(heldHandle.handle, handle));
  return rows.length > 0;
}

/** Whether somebody of this server has a handle, whatever became of them, or it is held back. */
export async function isHandleKnown(q: Queryable, handle: string): Promise<boolean> {
  const isTheirs = and(isNull(person.host), sql`lower(${person.handle}) = ${handle}`);
  const rows = await q.select({ id: person.id }).from(person).where(isTheirs);
  return rows.length > 0 || (await isHandleHeld(q, handle));
}

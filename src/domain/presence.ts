import { findCircle } from "#db/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";

/** Whoever said nothing to each other for so long is not shown to each other: 30 days. */
const ACQUAINTED_MS = 30 * 24 * 3600 * 1000;

/** Somebody beside whom a person stands, and what the two may see of each other. */
export type Neighbour = Awaited<ReturnType<typeof findCircle>>[number];

/** Who stands beside somebody: the people of their conversations of two that both accepted and that live. */
export async function loadCircle(ctx: Context, personId: PersonId): Promise<Neighbour[]> {
  return await findCircle(ctx.db, personId, new Date(ctx.now().getTime() - ACQUAINTED_MS));
}

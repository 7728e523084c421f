import { findPersonById } from "#db/people.ts";
import { findHistory, findSetting, keepSetting, setSetting } from "#db/server.ts";
import { findSnapshot, findSummariesSince } from "#db/views.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { completeViews, type View } from "./read.ts";
import { snapshot } from "./snapshot.ts";

const GENERATION = "generation";
const HISTORY = "history";

/** Where somebody stands: which of their conversations changed, and where to ask next time. */
export interface SyncAnswer {
  generation: string;
  cursor: string;
  number: number;
  views: View[];
}

/** The name of this database's past; a new one tells clients that what they remember may not be true any more. */
export async function readGeneration(ctx: Context): Promise<string> {
  return (
    (await findSetting(ctx.db, GENERATION)) ?? (await keepSetting(ctx.db, GENERATION, crypto.randomUUID()))
  );
}

/**
 * Begins a new generation when this database was brought here from another PostgreSQL, or when a standby was promoted:
 * what clients remember may then never have been. Where PostgreSQL does not say, an operator has to.
 */
export async function checkGeneration(ctx: Context): Promise<void> {
  const history = await findHistory(ctx.db);
  if (history === null) return;
  const known = await keepSetting(ctx.db, HISTORY, history);
  if (known === history) return;
  await setSetting(ctx.db, HISTORY, history);
  await renewGeneration(ctx);
}

/** Begins a new generation, after a restore or a promotion that lost commits. */
export async function renewGeneration(ctx: Context): Promise<string> {
  const generation = crypto.randomUUID();
  await setSetting(ctx.db, GENERATION, generation);
  return generation;
}

/**
 * Which conversations changed since a cursor. The cursor is the generation and the oldest transaction that was still
 * running: a safe horizon, not an order. Refuses a cursor of another generation (`stale`) or shape.
 */
export async function sync(
  ctx: Context,
  input: { personId: PersonId; after: string | null },
): Promise<SyncAnswer> {
  const generation = await readGeneration(ctx);
  const xmin = input.after === null ? null : parseCursor(input.after, generation);
  return await snapshot(ctx, async (tx) => {
    const horizon = await findSnapshot(tx);
    // A cursor from the future: this database was put back to an earlier day under the same generation.
    if (xmin !== null && BigInt(xmin) > BigInt(horizon.xmax)) throw new Refusal("stale", { field: "after" });
    const person = await findPersonById(tx, input.personId);
    if (person === null) throw new Refusal("not_found");
    const rows = xmin === null ? [] : await findSummariesSince(tx, input.personId, xmin);
    const views = await completeViews(tx, rows);
    return { generation, cursor: `${generation}.${horizon.xmin}`, number: person.number, views };
  });
}

/** The viewer's own number now, for the first frame of a socket. */
export async function readNumber(ctx: Context, personId: PersonId): Promise<number> {
  return (await findPersonById(ctx.db, personId))?.number ?? 0;
}

function parseCursor(cursor: string, generation: string): string {
  const [of, xmin, ...rest] = cursor.split(".");
  if (of === undefined || xmin === undefined || rest.length > 0 || !/^\d{1,19}$/.test(xmin)) {
    throw new Refusal("cursor_invalid", { field: "after" });
  }
  if (of !== generation) throw new Refusal("stale", { field: "after" });
  return xmin;
}

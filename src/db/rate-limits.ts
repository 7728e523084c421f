import { lt, sql } from "drizzle-orm";
import type { SharedCounts } from "#lib/limiter.ts";
import type { Tally } from "#lib/settled-limit.ts";
import type { Database, Queryable } from "./connect.ts";
import { clientOf } from "./prepare.ts";
import { rateLimit } from "./schema/rules.ts";

/** Where limits are counted that all processes share. */
export const RATE_LIMITS = "rate_limit";

/** Runs the statements of the library that counts. */
export function countIn(db: Database): SharedCounts {
  return {
    query: async ({ text, values }) => {
      const rows = await clientOf(db).unsafe(text, values as never[]);
      return { rows, rowCount: rows.length };
    },
  };
}

/** Adds to what was counted for many keys, whose windows begin anew where they are over; answers what it is now. */
export async function addTallies(q: Queryable, tallies: readonly Tally[], now: number): Promise<Tally[]> {
  if (tallies.length === 0) return [];
  const keys = sql.param(tallies.map(({ key }) => key));
  const points = sql.param(tallies.map((tally) => tally.points));
  const ends = sql.param(tallies.map(({ expire }) => expire));
  const rows = await q.execute<{ key: string; points: number; expire: string }>(sql`
    insert into rate_limit as counted (key, points, expire)
    select key, points, expire from unnest(${keys}::text[], ${points}::bigint[], ${ends}::bigint[]) as told (key, points, expire)
    order by key
    on conflict (key) do update set
      points = case when counted.expire <= ${now} then excluded.points else counted.points + excluded.points end,
      expire = case when counted.expire <= ${now} then excluded.expire else counted.expire end
    returning key, points, expire::text as expire`);
  return rows.map(({ key, points, expire }) => ({ key, points, expire: Number(expire) }));
}

export async function deleteExpiredCounts(q: Queryable, before: number): Promise<void> {
  await q.delete(rateLimit).where(lt(rateLimit.expire, before));
}

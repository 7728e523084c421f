import { sql, type SQL } from "drizzle-orm";

/** How much of what is due may be taken. */
export interface Lease {
  readonly now: Date;
  /** Until when others leave it to whoever takes it. */
  readonly until: Date;
  readonly limit: number;
  /** How much of one server may be under way at once. */
  readonly perHost: number;
  /** How much of some servers is under way already. */
  readonly busy: ReadonlyMap<string, number>;
}

/** Of rows with `due_at` and `host`, those whose turn it is: the oldest first, and of each server no more than it has room for. */
export function fairly(due: SQL, { limit, perHost, busy }: Lease): SQL {
  return sql`
    select due.* from (
      select due.*, row_number() over (partition by host order by due_at) + coalesce(busy.count, 0) as turn
      from (${due}) as due
      left join unnest(
        ${sql.param([...busy.keys()])}::text[], ${sql.param([...busy.values()].map(String))}::text[]::int[]
      ) as busy (host, count) using (host)
    ) as due
    where turn <= ${perHost}
    order by due_at
    limit ${limit}`;
}

import { sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";

/** How much there is of what those decide about who run the server. */
export async function countDecided(q: Queryable, now: Date) {
  const at = now.toISOString();
  const rows = await q.execute<Record<"active" | "suspended" | Counted, number>>(sql`select
    (select count(*)::int from account join person on person.id = person_id where state = 'active') as active,
    (select count(*)::int from account join person on person.id = person_id where state = 'suspended') as suspended,
    (select count(*)::int from sign_up_request) as requests,
    (select count(*)::int from sign_up_code where revoked_at is null
      and (expires_at is null or expires_at > ${at}) and (uses is null or used < uses)) as codes,
    (select count(*)::int from ip_rule where expires_at is null or expires_at > ${at}) as "ipRules",
    (select count(*)::int from server_rule) as servers`);
  return rows[0]!;
}

type Counted = "requests" | "codes" | "ipRules" | "servers";

import { eq, inArray, sql } from "drizzle-orm";
import type { ConversationId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { peer } from "./schema/federation.ts";

/** What another server runs, as far as it said. */
export interface PeerSoftware {
  host: string;
  name: string | null;
  version: string | null;
}

const software = { host: peer.host, name: peer.software, version: peer.softwareVersion };

/** What some servers run; one that was never asked has no row. */
export async function findSoftware(q: Queryable, hosts: readonly string[]): Promise<PeerSoftware[]> {
  if (hosts.length === 0) return [];
  return await q
    .select(software)
    .from(peer)
    .where(inArray(peer.host, [...hosts]));
}

/** When a server was asked last what it runs; null when never. */
export async function findAskedAt(q: Queryable, host: string): Promise<Date | null> {
  const rows = await q.select({ askedAt: peer.askedAt }).from(peer).where(eq(peer.host, host));
  return rows[0]?.askedAt ?? null;
}

/** Notes what a server answered. */
export async function setSoftware(q: Queryable, told: PeerSoftware & { askedAt: Date }): Promise<void> {
  const { host, askedAt } = told;
  const set = { software: told.name, softwareVersion: told.version, askedAt };
  await q
    .insert(peer)
    .values({ host, ...set })
    .onConflictDoUpdate({ target: peer.host, set });
}

/** One of the servers at which a conversation has members. */
export interface ServerRow extends PeerSoftware {
  /** One of its actors, which says where the server itself is. */
  uri: string;
  /** Since when it has taken nothing, as far as somebody tried. */
  failingSince: Date | null;
}

/** The servers of a conversation's members elsewhere, in the order of their names. */
export async function findServers(q: Queryable, id: ConversationId): Promise<ServerRow[]> {
  const rows = await q.execute<{
    host: string;
    uri: string;
    software: string | null;
    software_version: string | null;
    failing: string | null;
  }>(sql`
    select at.host, at.uri, peer.software, peer.software_version,
      (extract(epoch from least(peer.failing_since, (
        select min(d.created_at) from delivery d
        where d.conversation_id = ${id} and d.host = at.host and d.state = 'waiting' and d.reason is not null
      ))) * 1000)::text as failing
    from (
      select person.host, min(person.uri) as uri from member join person on person.id = member.person_id
      where member.conversation_id = ${id} and person.host is not null and person.uri is not null
      group by person.host
    ) as at left join peer on peer.host = at.host
    order by at.host`);
  return rows.map(({ host, uri, software: name, software_version: version, failing }) => {
    return { host, uri, name, version, failingSince: failing === null ? null : new Date(Number(failing)) };
  });
}

/** Whether somebody here chose to talk to somebody at a server. */
export async function isTrusted(q: Queryable, host: string): Promise<boolean> {
  const rows = await q.select({ trustedAt: peer.trustedAt }).from(peer).where(eq(peer.host, host));
  return rows[0]?.trustedAt != null;
}

/** Notes that somebody here chose to talk to people at these servers; locks no row of one that is trusted already. */
export async function trustPeers(tx: Transaction, hosts: readonly string[], at: Date): Promise<void> {
  if (hosts.length === 0) return;
  await tx.execute(sql`
    insert into peer (host, trusted_at)
    select host, ${at.toISOString()}::timestamptz from unnest(${sql.param([...hosts].toSorted())}::text[]) as chosen (host)
    where not exists (select from peer p where p.host = chosen.host and p.trusted_at is not null)
    on conflict (host) do update set trusted_at = coalesce(peer.trusted_at, excluded.trusted_at)`);
}

export type Signatures = NonNullable<typeof peer.$inferSelect.signatures>;

/** Servers that take RFC 9421 and not draft-cavage, as far as we know; so many at most. */
export async function findRfc9421Hosts(q: Queryable, limit: number): Promise<string[]> {
  const rows = await q
    .select({ host: peer.host })
    .from(peer)
    .where(eq(peer.signatures, "rfc9421"))
    .limit(limit);
  return rows.map(({ host }) => host);
}

/** Notes which signatures a server takes. */
export async function setSignatures(q: Queryable, host: string, signatures: Signatures): Promise<void> {
  await q
    .insert(peer)
    .values({ host, signatures })
    .onConflictDoUpdate({ target: peer.host, set: { signatures } });
}

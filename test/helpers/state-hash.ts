import postgres from "postgres";

/** Tables that nothing depends on: keys of others, fetched again at will, the index of words, and what was counted lately. */
const caches: ReadonlySet<string> = new Set(["remote_key", "search_entry", "search_progress", "rate_limit"]);
/** When and from where somebody was seen last is noted once a minute, whatever happens. */
const lines: Readonly<Record<string, string>> = { session: "(to_jsonb(t) - 'seen_at' - 'address')::text" };

/**
 * A digest of everything that a database holds besides caches: the same before and after means that nothing happened.
 * Rows are compared whole, in the order of their text, so two tables with the same rows have the same digest.
 */
export async function stateHash(databaseUrl: string): Promise<string> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const tables = await sql<{ name: string }[]>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`;
    const digests = tables
      .filter(({ name }) => !caches.has(name))
      .map(
        ({ name }) =>
          `(select '${name} ' || md5(coalesce(string_agg(line, E'\\n' order by line), ''))
            from (select ${lines[name] ?? "t::text"} as line from "${name}" as t) as lines)`,
      );
    const [row] = await sql.unsafe<{ digest: string }[]>(
      `select concat_ws(E'\\n', ${digests.join(", ")}) as digest`,
    );
    return row?.digest ?? "";
  } finally {
    await sql.end();
  }
}

import type { Sql } from "postgres";

interface Column {
  table: string;
  column: string;
}

/** In which columns of a database a text stands, as such or within bytes. */
export async function whereIs(sql: Sql, text: string): Promise<Column[]> {
  const columns = await sql<Column[]>`
    select c.table_name as table, c.column_name as column from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`;
  const bytes = Buffer.from(text).toString("hex");
  const tests = columns.map(
    ({ table, column }) =>
      `select '${table}' as table, '${column}' as column where exists (select from "${table}"
        where position('${text}' in "${column}"::text) > 0 or position('${bytes}' in "${column}"::text) > 0)`,
  );
  return await sql.unsafe<Column[]>(tests.join(" union all "));
}

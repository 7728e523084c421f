import type { Sql } from "postgres";

interface Place extends Column {
  schema: string;
}

interface Column {
  table: string;
  column: string;
}

/** In which columns of a database, that of the jobs included, a text stands, as such or within bytes. */
export async function whereIs(sql: Sql, text: string): Promise<Column[]> {
  const columns = await sql<Place[]>`
    select c.table_schema as schema, c.table_name as table, c.column_name as column from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema in ('public', 'graphile_worker') and t.table_type = 'BASE TABLE' order by 1, 2, 3`;
  const bytes = Buffer.from(text).toString("hex");
  const tests = columns.map(
    ({ schema, table, column }) =>
      `select '${table}' as table, '${column}' as column where exists (select from "${schema}"."${table}"
        where position('${text}' in "${column}"::text) > 0 or position('${bytes}' in "${column}"::text) > 0)`,
  );
  return await sql.unsafe<Column[]>(tests.join(" union all "));
}

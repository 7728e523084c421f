import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";

/** Rows on their way into a table: one array for each column, so that one statement serves any number of them. */
export interface Rows<Row> {
  readonly names: SQL;
  /** `select`s them; the arrays stand in it as placeholders. */
  readonly select: SQL;
  /** What takes the placeholders' places. */
  values(rows: readonly Row[]): Record<string, unknown[]>;
}

/** Describes rows with some of a table's columns; the others have their defaults. Tables of one statement need a `prefix` each. */
export function rowsFor<Table extends PgTable>(
  table: Table,
  keys: readonly (keyof Table["$inferInsert"] & string)[],
  prefix = "",
): Rows<Table["$inferInsert"]> {
  const all = getTableColumns(table);
  const columns = keys.map((key) => ({ key, column: all[key]!, name: sql.identifier(all[key]!.name) }));
  const list = (parts: readonly SQL[]) => sql.join([...parts], sql`, `);
  const names = list(columns.map(({ name }) => sql`${name}`));
  // As texts, because lists of different lengths make no array.
  const arrays = list(columns.map(({ key }) => sql`${sql.placeholder(prefix + key)}::text[]`));
  const typed = list(columns.map(({ name, column }) => sql`${name}::${sql.raw(column.getSQLType())}`));
  return {
    names,
    select: sql`select ${typed} from unnest(${arrays}) as given (${names})`,
    values: (rows) =>
      Object.fromEntries(
        columns.map(({ key, column }) => [
          prefix + key,
          rows.map((row) => (row[key] == null ? null : String(column.mapToDriverValue(row[key])))),
        ]),
      ),
  };
}

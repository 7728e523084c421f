import type postgres from "postgres";

const CHANNEL = "luciole";

/** Sends one text to every process that listens on this database (at most 8,000 bytes). */
export async function notify(sql: postgres.Sql, text: string): Promise<void> {
  await sql.notify(CHANNEL, text);
}

/** Hears what any process sends, on a connection of its own that is opened again when it breaks. */
export async function listen(
  sql: postgres.Sql,
  hear: (text: string) => void,
  resumed: () => void,
): Promise<void> {
  let first = true;
  await sql.listen(CHANNEL, hear, () => {
    if (!first) resumed();
    first = false;
  });
}

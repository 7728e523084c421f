import { createServer } from "node:http";
import postgres from "postgres";

/** The floor of a search: the newest twenty messages with a word, asked of the index as it is, of everybody's. `GET /?word=` answers them. */
const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: 4, onnotice: () => {} });

const server = createServer((request, response) => {
  void (async () => {
    const word = new URL(request.url ?? "/", "http://floor").searchParams.get("word") ?? "";
    const rows = await sql`
      select m.id, m.text, m.received_at from (
        select message_id from search_entry where words @@ ${`'${word}'`}::tsquery
        order by received_at desc, message_id desc limit 20
      ) e join message m on m.id = e.message_id`;
    response.end(JSON.stringify({ results: rows }));
  })();
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));

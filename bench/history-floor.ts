import { createServer } from "node:http";
import postgres from "postgres";

/** The floor of reading history: the rows of a page or a list, asked for as they are, whoever asks. `GET /SHAPE?id=&position=` answers them. */
const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: 4, onnotice: () => {} });

interface Asked {
  readonly id: string;
  readonly position: number;
  readonly limit: number;
}

// `message.position`: the bare name would be the column of the answer, which no index has.
const before = ({ id, position, limit }: Asked) => sql`
  select id, author_id, position::int, text, received_at from message
  where conversation_id = ${id} and message.position < ${position} order by message.position desc limit ${limit}`;

const from = ({ id, position, limit }: Asked) => sql`
  select id, author_id, position::int, text, received_at from message
  where conversation_id = ${id} and message.position >= ${position} order by message.position limit ${limit}`;

const shapes: Readonly<Record<string, (asked: Asked) => Promise<object>>> = {
  list: async ({ id, limit }) => ({
    conversations: await sql`
      select c.id, c.activity_at, last.text from member m
      join conversation c on c.id = m.conversation_id
      cross join lateral (
        select text from message where conversation_id = c.id order by position desc limit 1
      ) last
      where m.person_id = ${id} order by c.activity_at desc limit ${limit}`,
  }),
  before: async (asked) => ({ messages: (await before(asked)).toReversed() }),
  around: async (asked) => {
    const half = { ...asked, limit: asked.limit / 2 };
    const [older, newer] = await Promise.all([before(half), from(half)]);
    return { messages: [...older.toReversed(), ...newer] };
  },
};

const server = createServer((request, response) => {
  void (async () => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://floor");
    const [position, limit] = [Number(searchParams.get("position")), Number(searchParams.get("limit"))];
    const rows = await shapes[pathname.slice(1)]!({ id: searchParams.get("id") ?? "", position, limit });
    response.end(JSON.stringify(rows));
  })();
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));

import { sql, type SQL } from "drizzle-orm";
import {
  PgDialect,
  type PgColumn,
  type PgPreparedQuery,
  type PreparedQueryConfig,
} from "drizzle-orm/pg-core";
import { drizzle, PostgresJsSession } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type { Database, Queryable } from "./connect.ts";

/** Statements with more parameters are lists of many lengths, and too many to keep each. */
const PARAMETERS = 60;

/**
 * Makes a client keep the statements that drizzle sends through it. Drizzle asks for unnamed ones: those PostgreSQL parses and plans
 * every time, and the driver can send the values only after a round trip that asks for their types, nothing else meanwhile. Named
 * ones cost that once per connection, and several can be on their way together. Clients that may not (a pooler between) say
 * `?prepare=false` in the address. Transactions run on the connections of a second client.
 */
export function prepareStatements(client: postgres.Sql, transactions: postgres.Sql): postgres.Sql {
  const { begin } = prepare(transactions);
  return Object.assign(prepare(client), {
    begin: (work: (client: postgres.TransactionSql) => unknown) => begin((tx) => work(prepare(tx))),
  });
}

function prepare<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const unsafe = client.unsafe.bind(client);
  const kept: typeof unsafe = (text, values = [], options = {}) => {
    if (isBeginning(options)) return goAhead(unsafe, text, options) as never; // whoever begins only executes it
    const fits = values.length > 0 && values.length <= PARAMETERS;
    return unsafe(text, values, fits ? { ...options, prepare: true } : options);
  };
  return Object.assign(client, { unsafe: kept });
}

/** How the driver begins a transaction: it is told of the connection once `begin` is on its way. */
interface Beginning extends postgres.UnsafeQueryOptions {
  onexecute: (connection: Connection) => void;
}

/** A connection of the driver, and among which of them it counts: those that take more statements, or those that do not. */
interface Connection {
  /** Ends it at once, and fails what is under way. */
  terminate(): void;
  queue: { remove(connection: Connection): void; push(connection: Connection): void };
}

function isBeginning(options: postgres.UnsafeQueryOptions): options is Beginning {
  return "onexecute" in options;
}

/**
 * Lets the statements of a transaction follow its `begin` at once. The driver waits for its answer, a round trip, and until then
 * counts the connection as full, although it is reserved for the transaction from the moment at which `begin` is sent. A
 * `begin` that is refused ends the connection: each further statement would be a transaction of its own.
 */
function goAhead(
  unsafe: postgres.Sql["unsafe"],
  text: string,
  options: Beginning,
): { execute(): Promise<void> } {
  const { promise: sent, resolve, reject } = Promise.withResolvers<() => void>();
  let failed: (error: unknown) => void = reject;
  const onexecute = (connection: Connection): void => {
    options.onexecute(connection);
    const { queue: reserved } = connection;
    failed = (error) => error instanceof postgres.PostgresError && connection.terminate();
    resolve(() => {
      connection.queue.remove(connection);
      reserved.push(connection);
      connection.queue = reserved;
    });
  };
  const execute = async (): Promise<void> => {
    const begun: Promise<unknown> = unsafe(text, [], { ...options, onexecute } as Beginning);
    begun.catch((error: unknown) => failed(error)); // whoever waits for the transaction hears of its connection's end
    const takeMore = await sent;
    takeMore();
  };
  return { execute };
}

/** What queries are built with before it is known where they run. */
const unbound: Database = drizzle.mock();
const dialect = new PgDialect();

/**
 * Builds a query once, for every pool and every transaction in which it runs; what differs from run to run stands in it as
 * placeholders. Drizzle ties a query to the client that it was built with: each run has it with its own.
 */
export function buildOnce<Query extends PgPreparedQuery<PreparedQueryConfig>>(
  build: (db: Database) => Query,
): (q: Queryable) => Query {
  let built: Query | undefined;
  return (q) => {
    built ??= build(unbound);
    return Object.create(built, { client: { value: clientOf(q) } });
  };
}

/** The same for a statement that is written as SQL. */
export function writeOnce<Row>(write: () => SQL): (q: Queryable) => PgPreparedQuery<Answers<Row>> {
  return buildOnce(({ _: { session } }) =>
    session.prepareQuery<Answers<Row>>(dialect.sqlToQuery(write()), undefined, "written", false),
  );
}

interface Answers<Row> extends PreparedQueryConfig {
  execute: Row[];
}

/** Whether a column has one of the values of a list: one statement, however long it is. */
export function isAmong(column: PgColumn, list: string): SQL {
  return sql`${column} = any(${sql.placeholder(list)})`;
}

/** The driver under a pool or a transaction. */
export function clientOf({ _: { session } }: Queryable): postgres.Sql {
  if (!(session instanceof PostgresJsSession)) throw new Error("a query runs on no connection");
  return session.client;
}

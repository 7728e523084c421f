import type postgres from "postgres";
import type { Database } from "./connect.ts";

/** Statements with more parameters are lists of many lengths, and too many to keep each. */
const PARAMETERS = 40;

/**
 * Makes a client keep the statements that drizzle sends through it. Drizzle asks for unnamed ones: those PostgreSQL parses and plans
 * every time, and the driver can send the values only after a round trip that asks for their types, nothing else meanwhile. Named
 * ones cost that once per connection, and several can be on their way together. Clients that may not (a pooler between) say
 * `?prepare=false` in the address.
 */
export function prepareStatements(client: postgres.Sql): postgres.Sql {
  const { begin } = client;
  prepare(client);
  return Object.assign(client, {
    begin: (work: (client: postgres.TransactionSql) => unknown) => begin((tx) => work(prepare(tx))),
  });
}

function prepare<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const unsafe = client.unsafe.bind(client);
  const kept: typeof unsafe = (text, values = [], options = {}) => {
    const fits = values.length > 0 && values.length <= PARAMETERS;
    return unsafe(text, values, fits ? { ...options, prepare: true } : options);
  };
  return Object.assign(client, { unsafe: kept });
}

/** Builds a query once for each pool; what differs from run to run stands in it as placeholders. */
export function buildOnce<Query>(build: (db: Database) => Query): (db: Database) => Query {
  const built = new WeakMap<Database, Query>();
  return (db) => {
    const query = built.get(db) ?? build(db);
    built.set(db, query);
    return query;
  };
}

import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../test/helpers/database.ts";
import type { TestDatabase } from "../../test/helpers/template.ts";
import { connect, type Connection } from "./connect.ts";
import { createRemoteKeyStore, type RemoteKeyRow } from "./remote-keys.ts";

let database: TestDatabase;
let connection: Connection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = connect(database.url);
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

function key(n: number, changes: Partial<RemoteKeyRow> = {}): RemoteKeyRow {
  return {
    keyId: `https://b.example/users/${n}#main-key`,
    ownerUri: `https://b.example/users/${n}`,
    algorithm: "rsa-v1_5-sha256",
    publicKey: `PEM ${n}`,
    fetchedAt: new Date(1_000_000 + n),
    ...changes,
  };
}

test("a key is found as it was saved last, until it is removed", async () => {
  const store = createRemoteKeyStore(connection.db);
  expect(await store.find(key(1).keyId)).toBeUndefined();
  await store.save(key(1));
  expect(await store.find(key(1).keyId)).toEqual(key(1));
  const rotated = key(1, { algorithm: "ed25519", publicKey: "other", fetchedAt: new Date(2_000_000) });
  await store.save(rotated);
  expect(await store.find(key(1).keyId)).toEqual(rotated);
  await store.remove(key(1).keyId);
  expect(await store.find(key(1).keyId)).toBeUndefined();
});

test("IF-58: beyond the limit the keys fetched longest ago are dropped", async () => {
  const unbounded = createRemoteKeyStore(connection.db);
  for (let n = 0; n < 10; n += 1) await unbounded.save(key(n));
  const store = createRemoteKeyStore(connection.db, 3);
  await store.save(key(10));
  const left = [];
  for (let n = 0; n <= 10; n += 1) if (await store.find(key(n).keyId)) left.push(n);
  expect(left).toEqual([8, 9, 10]);
});

import { expect, test } from "vitest";
import { doorsOf, type Door } from "../helpers/doors.ts";
import { everythingOf, startPatientApp } from "../helpers/everything.ts";
import { ownIn } from "../helpers/places.ts";

// Every list of the router, asked for pages that there are not.

const sizes = ["-1", "1e3", "1.5", "0x10", "", " 5", "+5", "ten", "NaN", "[1]", "1".repeat(30), "５"];
const cursors = [
  "x",
  "-1",
  "1e3",
  "1.5",
  "NaN",
  "null",
  "",
  "' or '1'='1",
  "\u0000",
  "1.zzz",
  "9".repeat(40),
  "[]",
];
/** Where a page begins, by whatever name; `limit` is how large it is. */
const beginnings = ["before", "after", "around"];

async function openLists() {
  const app = await startPatientApp();
  const owner = await everythingOf(app, "wilma");
  const { sql } = app.connection;
  await sql`insert into account (person_id, role, created_at) values (${owner.id}, 'owner', now())`;
  const lists = (await doorsOf(app)).filter(({ inQuery }) => inQuery.includes("limit"));
  expect(lists.length).toBeGreaterThan(8);
  /** Asks a list; a text stands for the whole query. */
  const ask = async (door: Door, query: Readonly<Record<string, string>> | string) => {
    const values = typeof query === "string" ? {} : { query };
    const { path } = door.request(ownIn(door, owner), values);
    const whole = typeof query === "string" ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path;
    const { status, json } = await app.request(whole, { token: owner.token });
    return { status, field: (json as { field?: string }).field, of: `${door.path} ${JSON.stringify(query)}` };
  };
  return { lists, ask };
}

test("CL-28 a page is as large as it may be at most, or what was asked for is no size", async () => {
  const { lists, ask } = await openLists();
  for (const door of lists) {
    for (const limit of ["1000000000", "0", "1"])
      expect(await ask(door, { limit })).toMatchObject({ status: 200 });
    for (const limit of sizes)
      expect(await ask(door, { limit })).toMatchObject({ status: 422, field: "limit" });
    expect(await ask(door, "limit=1&limit=2")).toMatchObject({ status: 422, field: "limit" });
  }
});

test("CL-28 a page that begins where none does is refused by name, and nobody counts from the front", async () => {
  const { lists, ask } = await openLists();
  for (const door of lists) {
    const names = door.inQuery.filter((name) => beginnings.includes(name));
    expect([door.path, names.length]).not.toEqual([door.path, 0]);
    for (const name of names) {
      for (const cursor of cursors)
        expect(await ask(door, { [name]: cursor })).toMatchObject({ status: 422, field: name });
    }
    for (const name of ["offset", "max_id", "since_id", "page", "limit[]"])
      expect(await ask(door, { [name]: "1" })).toMatchObject({ status: 422, field: name });
  }
});

import { describe, expect, test } from "vitest";
import { actorUri, create, readCreate, us } from "../../../test/helpers/note-in.ts";
import { Dropped } from "./dropped.ts";
import { readDelete } from "./note-in.ts";

function reasonOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Dropped) return error.reason;
    throw error;
  }
  return "taken";
}

describe("dropped is", () => {
  const other = "https://b.example/u/vic";
  test.each<[string, string, ReturnType<typeof create>]>([
    ["a Note of somebody else", "not_attributed", create({ attributedTo: other })],
    ["a Note of two", "malformed", create({ attributedTo: [actorUri, other] })],
    ["a Note of nobody", "malformed", create({ attributedTo: undefined })],
    ["a Note on another server", "id_elsewhere", create({ id: "https://v.example/1" })],
    ["a Note over another scheme", "id_elsewhere", create({ id: "http://b.example/1" })],
    ["a Note on our server", "id_ours", create({ id: "https://a.example/m/1" })],
    ["a Note on our server in disguise", "id_ours", create({ id: "http://A.example./m/1" })],
    ["an activity on another server", "id_elsewhere", create({}, { id: "https://v.example/1/create" })],
    ["an activity without an id", "malformed", create({}, { id: undefined })],
    ["a Note for everybody", "public", create({ to: ["https://www.w3.org/ns/activitystreams#Public", us] })],
    ["a Note for everybody, short", "public", create({ cc: ["as:Public"] })],
    ["a Note for everybody, shorter", "public", create({ to: [us, "Public"] })],
    ["a Note for everybody, by its activity", "public", create({}, { to: "as:Public" })],
    [
      "a Note for everybody, over http",
      "public",
      create({ to: "http://www.w3.org/ns/activitystreams#Public" }),
    ],
    ["a Note to nobody", "unaddressed", create({ to: [] })],
    ["a Note to its author alone", "unaddressed", create({ to: [actorUri] })],
    ["a Note with blind copies only", "unaddressed", create({ to: undefined, bto: us, bcc: [us] })],
    [
      "a Note to thousands",
      "too_many_recipients",
      create({ to: Array.from({ length: 10_000 }, (_, n) => `https://b.example/u/${n}`) }),
    ],
    ["a Note to something without an address", "recipient_not_actor", create({ to: [us, "followers"] })],
    ["a Note to something unheard of", "recipient_not_actor", create({ to: [us, "data:,x"] })],
  ])("%s: %s", (_what, reason, activity) => {
    expect(reasonOf(() => readCreate(activity))).toBe(reason);
  });

  test.each([
    "data:,x",
    "javascript:alert(1)",
    "/m/1",
    "",
    `https://b.example/${"x".repeat(10_000)}`,
    "https://u:p@b.example/1",
  ])("an id like %.40s", (id) => {
    expect(["malformed", "id_elsewhere"]).toContain(reasonOf(() => readCreate(create({ id }))));
    expect(["malformed", "id_elsewhere"]).toContain(reasonOf(() => readDelete(create({}, { object: id }))));
  });

  test("a deletion of things elsewhere", () => {
    expect(reasonOf(() => readDelete(create({}, { object: "https://v.example/1" })))).toBe("id_elsewhere");
    expect(reasonOf(() => readDelete(create({}, { object: "https://a.example/m/1" })))).toBe("id_ours");
  });

  test("nothing for a deletion that is told to everybody, as snac does", () => {
    const to = ["https://www.w3.org/ns/activitystreams#Public"];
    expect(readDelete(create({}, { object: { id: `${actorUri}/1`, type: "Tombstone" }, to }))).toEqual({
      activityUri: `${actorUri}/1/create`,
      uri: `${actorUri}/1`,
    });
  });
});

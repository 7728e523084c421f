import { expect, test } from "vitest";
import { readChange, readRoom } from "./room-in.ts";

const id = "https://a.example/r/1";
const factsOf = (said: Record<string, unknown>) =>
  readRoom({ id, attributedTo: "https://a.example/actor", ...said }).facts;

test("what a group is called and says of itself is cleaned and bounded as here", () => {
  expect(factsOf({ name: " \u202etrip\u0007 \u2066 of us ", summary: " one\r\n\u202etwo\u0000 " })).toEqual({
    title: "trip of us",
    description: "one\ntwo",
  });
  const { title, description } = factsOf({ name: "👨‍👩‍👧".repeat(200), summary: "é".repeat(5_000) });
  expect(title).toBe("👨‍👩‍👧".repeat(100));
  expect(description).toBe("é".repeat(1_000));
  expect(factsOf({ name: "\u202e \n" })).toEqual({});
});

test("what makes no sense here stays as it is", () => {
  const permissions = { write: "member", invite: "admin", pin: "member", edit: "admin", delete: "admin" };
  expect(factsOf({ chatPolicy: { ...permissions, history: "all", other: 1 } })).toEqual({
    permissions,
    history: "all",
  });
  for (const said of [
    { chatPolicy: { ...permissions, write: "king" } },
    { chatPolicy: { write: "member" } },
    { chatPolicy: { history: "some" } },
    { chatPolicy: "all" },
    { chatState: "burnt" },
    { chatExpireAfter: 4 },
    { chatExpireAfter: 34_560_001 },
    { chatExpireAfter: 60.5 },
    { chatExpireAfter: "60" },
  ])
    expect(factsOf(said)).toEqual({});
  expect(factsOf({ chatExpireAfter: 5 })).toEqual({ expireAfter: 5 });
  expect(factsOf({ chatExpireAfter: null })).toEqual({ expireAfter: null });
});

test("a role that nobody here knows is none", () => {
  const object = "https://b.example/users/bo";
  const change = { type: "Add", object, target: `${id}/members`, chatRole: "king" };
  expect(readChange(change).change).toEqual({ kind: "added", personUri: object, role: null });
});

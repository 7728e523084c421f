import { expect, test } from "vitest";
import { blankConversation } from "../../../test/helpers/blank.ts";
import type { Conversation, Person } from "#protocol/types.ts";
import { isGroup, personOf } from "./people.ts";

function person(id: string): Person {
  return {
    id,
    kind: "person",
    state: "active",
    formerly: null,
    movedTo: null,
    handle: "",
    host: null,
    address: "",
    name: id,
    profileUrl: "",
  };
}

function conversation(count: number, kind: Conversation["kind"]): Conversation {
  const members = Array.from({ length: count }, (_, index) => ({
    person: person(`p${index}`),
    role: "member" as const,
  }));
  return { ...blankConversation, kind, members };
}

test("the people of a group need to be told apart, and so do more than two in any conversation", () => {
  expect(isGroup(conversation(3, "direct"))).toBe(true);
  expect(isGroup(conversation(2, "group"))).toBe(true);
  expect(isGroup(conversation(2, "direct"))).toBe(false);
  expect(isGroup(conversation(1, "direct"))).toBe(false);
});

test("whoever has left a group is still known by name", () => {
  const group = { ...conversation(2, "group"), former: [person("gone")] };
  expect(personOf(group, "p1")?.name).toBe("p1");
  expect(personOf(group, "gone")?.name).toBe("gone");
  expect(personOf(group, "nobody")).toBeUndefined();
});

import { expect, test } from "vitest";
import { blankConversation } from "../../../test/helpers/blank.ts";
import type { Conversation } from "#protocol/types.ts";
import { isGroup } from "./people.ts";

function conversation(count: number, kind: Conversation["kind"]): Conversation {
  const members = Array.from({ length: count }, (_, index) => ({
    person: {
      id: `p${index}`,
      kind: "person" as const,
      state: "active" as const,
      formerly: null,
      movedTo: null,
      handle: "",
      host: null,
      address: "",
      name: "",
      profileUrl: "",
    },
    role: "member" as const,
  }));
  return { ...blankConversation, kind, members };
}

test("more than two people need to be told apart, whatever their conversation calls itself", () => {
  expect(isGroup(conversation(3, "direct"))).toBe(true);
  expect(isGroup(conversation(3, "group"))).toBe(true);
  expect(isGroup(conversation(2, "group"))).toBe(false);
  expect(isGroup(conversation(1, "direct"))).toBe(false);
});

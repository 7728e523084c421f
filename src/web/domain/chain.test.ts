import { expect, test } from "vitest";
import { messageOf } from "../../../test/helpers/message.ts";
import { concerns, depthsOf } from "./chain.ts";

const say = (id: string, position: number, inReplyTo: string | null) =>
  messageOf({ id, position, authorId: "bo", inReplyTo });

const chain = [say("root", 1, null), say("a", 2, "root"), say("b", 5, "a"), say("c", 6, "root")];

test("an answer stands below what it answers, as deep as there is room", () => {
  expect([...depthsOf(chain).values()]).toEqual([0, 1, 2, 1]);
  const long = Array.from({ length: 9 }, (_, index) =>
    say(`m${index}`, index, index === 0 ? null : `m${index - 1}`),
  );
  expect(Math.max(...depthsOf(long).values())).toBe(4);
});

test("a chain changes with its messages and with every new answer", () => {
  expect(concerns(chain, say("b", 5, "a"))).toBe(true);
  expect(concerns(chain, say("new", 9, "c"))).toBe(true);
  expect(concerns(chain, say("elsewhere", 9, "other"))).toBe(false);
});

import { expect, test } from "vitest";
import type { Sent } from "#protocol/api.ts";
import type { Message, Reaction } from "#protocol/types.ts";
import { ChatStore } from "./chat-store.ts";
import { Reactions } from "./reactions.ts";

const heart = { emoji: "❤️", url: null };

/** A server that answers when it is told to. */
function setUp(first: Reaction[] = []) {
  const store = new ChatStore();
  store.begin("me", 0);
  const asked: string[] = [];
  const answers: ((error?: Error) => void)[] = [];
  let message: Message = { ...({} as Message), id: "m", conversationId: "c", revision: 1, reactions: first };
  const answer = (on: boolean) => (_id: string, emoji: string) => {
    asked.push(`${on ? "+" : "-"}${emoji}`);
    return new Promise<Sent>((resolve, reject) => {
      answers.push((error) => {
        if (error !== undefined) return reject(error);
        message = {
          ...message,
          revision: message.revision + 1,
          reactions: on ? [{ ...heart, personIds: ["me"] }] : [],
        };
        resolve({ message, deliveries: [] });
      });
    });
  };
  const reactions = new Reactions({
    api: { react: answer(true), unreact: answer(false) },
    store,
    sync: { want: () => {} },
  });
  return { reactions, asked, answers, message: () => message };
}

const shown = (reactions: readonly Reaction[]) =>
  reactions.map(({ emoji, personIds }) => `${emoji} ${personIds.join(" ")}`);

test("a tap shows at once, and stays as the server says it", async () => {
  const { reactions, asked, answers, message } = setUp();
  const before = message();
  const done = reactions.toggle(before, heart);
  expect(shown(reactions.of(before))).toEqual(["❤️ me"]);
  answers[0]?.();
  await done;
  expect(asked).toEqual(["+❤️"]);
  // Until the change itself has come, the wish stands in for it.
  expect(shown(reactions.of(before))).toEqual(["❤️ me"]);
  expect(shown(reactions.of({ ...message(), reactions: [] }))).toEqual([]);
});

test("a tap joins the others, and the last one to go takes the emoji away", async () => {
  const { reactions, message } = setUp([{ ...heart, personIds: ["ann"] }]);
  void reactions.toggle(message(), heart);
  expect(shown(reactions.of(message()))).toEqual(["❤️ ann me"]);
  void reactions.toggle(message(), heart);
  expect(shown(reactions.of(message()))).toEqual(["❤️ ann"]);
});

test("of several quick taps the last one counts, and nothing is asked twice at a time", async () => {
  const { reactions, asked, answers, message } = setUp();
  const done = reactions.toggle(message(), heart);
  await reactions.toggle(message(), heart);
  expect(asked).toEqual(["+❤️"]);
  expect(shown(reactions.of(message()))).toEqual([]);
  answers[0]?.();
  await expect.poll(() => asked).toEqual(["+❤️", "-❤️"]);
  answers[1]?.();
  await done;
  expect(shown(reactions.of(message()))).toEqual([]);
});

test("what the server refuses disappears again", async () => {
  const { reactions, answers, message } = setUp();
  const done = reactions.toggle(message(), heart);
  answers[0]?.(new Error("no"));
  await expect(done).rejects.toThrow("no");
  expect(reactions.of(message())).toEqual([]);
});

import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import { QueueFull } from "./in-order.ts";
import { judge } from "./inbox-answer.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";

test.each([
  ["what means nothing to us is thanked for", new Dropped("unsupported"), "202 unsupported"],
  ["what a rule forbids looks like success", new Refusal("blocked"), "202 blocked"],
  ["what the sender's person may be told is refused", new Refusal("too_long"), "403 too_long"],
  ["too many requests are refused for good", new Refusal("requests_full"), "403 requests_full"],
  ["an actor who is gone is no reason to come again", new ActorUnavailable(false), "202 actor_unavailable"],
  ["a silent server may be back later", new ActorUnavailable(true), "503 actor_unavailable"],
  ["a sender who is too fast waits", new QueueFull(), "429 queue_full"],
  ["what broke here may be whole later", new Error("failpoint"), "500 error"],
])("%s", (_title, error, answer) => {
  const { status, reason } = judge(error);
  expect(`${status} ${reason}`).toBe(answer);
});

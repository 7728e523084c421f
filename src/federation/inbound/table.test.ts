import { expect, test } from "vitest";
import type { JsonObject } from "#lib/bounded-json.ts";
import { Dropped } from "../translate/dropped.ts";
import { readInbound } from "./table.ts";

const actorUri = "https://b.example/u/bo";
const note = { id: `${actorUri}/1`, type: "Note", attributedTo: actorUri, to: "https://a.example/users/1" };

/** Why an activity of bo's is dropped; "taken" when it is not. */
function reasonOf(activity: Record<string, unknown>): string {
  const whole = { id: `${actorUri}/1/create`, actor: actorUri, type: "Create", object: note, ...activity };
  try {
    readInbound({ origin: "https://a.example", actorUri, activity: whole as JsonObject });
    return "taken";
  } catch (error) {
    if (error instanceof Dropped) return error.reason;
    throw error;
  }
}

test.each<[string, string, Record<string, unknown>]>([
  ["a message", "taken", {}],
  [
    "a message whose types are a list of one",
    "taken",
    { type: ["Create"], object: { ...note, type: ["Note"] } },
  ],
  ["an object that is only named", "not_embedded", { object: `${actorUri}/1` }],
  ["an object of a type without a row", "unsupported", { object: { ...note, type: "Question" } }],
  [
    "an object that is called like a property of every object",
    "unsupported",
    { object: { type: "constructor" } },
  ],
  ["something between two types", "malformed", { object: { ...note, type: ["Note", "ChatMessage"] } }],
  ["a list of objects", "malformed", { object: [note] }],
  ["an object that is a number", "malformed", { object: 1 }],
  ["no object", "malformed", { object: null }],
  ["a request to follow", "follow_not_offered", { type: "Follow", object: "https://a.example/users/1" }],
  ["the end of following", "follow_not_offered", { type: "Undo", object: { type: "Follow" } }],
  ["an answer to what was never asked (IF-29)", "never_asked", { type: "Accept" }],
  ["another answer to it (IF-29)", "never_asked", { type: "Reject", object: "https://a.example/follows/1" }],
  ["a message passed on", "announce_not_offered", { type: "Announce" }],
  ["a report", "report_not_offered", { type: "Flag" }],
  ["an activity of a type without a row", "unsupported", { type: "Nonsense" }],
  ["an activity that is called like a property of every object", "unsupported", { type: "__proto__" }],
])("%s: %s", (_title, reason, activity) => {
  expect(reasonOf(activity)).toBe(reason);
});

test.each([null, 1, [], ["Create", "Delete"], { id: "Create" }])(
  "an activity of type %j means nothing",
  (type) => {
    expect(reasonOf({ type })).toBe("malformed");
  },
);

import type { JsonObject } from "#lib/bounded-json.ts";
import type { Unread } from "#federation/translate/activity-in.ts";
import { readBody } from "#federation/translate/body-in.ts";
import { readCreate as takeCreate } from "#federation/translate/note-in.ts";

/** Who writes to us in tests of translation, and whom of us they write to. */
export const actorUri = "https://b.example/u/bo";
export const us = "https://a.example/users/0192f7a4-0000-7000-8000-00000000000a";

/** A Create of a Note as it comes in, with changes of the Note and of the activity. */
export function create(object: Record<string, unknown>, activity: Record<string, unknown> = {}) {
  const note = {
    id: `${actorUri}/1`,
    type: "Note",
    attributedTo: actorUri,
    to: us,
    content: "<p>hi</p>",
    ...object,
  };
  return {
    origin: "https://a.example",
    actorUri,
    activity: {
      id: `${actorUri}/1/create`,
      type: "Create",
      actor: actorUri,
      object: note,
      ...activity,
    } as JsonObject,
  };
}

/** What is read of a Create, with its body. */
export function readCreate(unread: Unread) {
  const note = takeCreate(unread);
  return { ...note, body: readBody(note.body) };
}

import type { findActivity } from "#db/lanes.ts";

/** For whom an activity is described. */
export interface Reading {
  /** Somebody among them never got the message that it answers: what it says is quoted, and it is not named. */
  lacksParent: boolean;
}

/** An activity, with what it concerns. */
export type Found = NonNullable<Awaited<ReturnType<typeof findActivity>>> & Reading;

/** The message that an activity concerns, and its conversation. */
export function inConversation({ activity, message, conversation }: Found) {
  if (message === null || conversation === null)
    throw new Error(`activity ${activity.id} is about no message`);
  return { message, conversation };
}

import { findPersonByUri } from "#domain/people.ts";
import { receiveRead } from "#domain/receipts.ts";
import { parse, readActivity } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { reference } from "../translate/values.ts";
import { inbound } from "./handler.ts";
import { messageAt } from "./message-at.ts";

/** Somebody has read up to a message. The message alone says in which conversation. */
export const read = inbound({
  read: (unread) => ({ uri: parse(reference, readActivity(unread).object) }),
  take: async ({ ctx }, { said: { uri }, actorUri }) => {
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("unknown_object");
    await receiveRead(ctx, { personId: person.id, message: messageAt(ctx, uri) });
  },
});

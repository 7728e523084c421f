import { z } from "zod";
import { receivePin } from "#domain/messages/pin.ts";
import { findPersonByUri } from "#domain/people.ts";
import { parse, readActivity, readType, type Unread } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { reference } from "../translate/values.ts";
import { partOfRoom, parseLocalUri } from "../uris.ts";
import { inbound } from "./handler.ts";
import { messageAt } from "./message-at.ts";

/** A member pins a message of their conversation (`Add`) or takes the pin away (`Remove`). Other collections are not for us. */
export const pin = inbound({
  read: (unread: Unread) => {
    const { object } = readActivity(unread);
    const { target } = parse(z.looseObject({ target: reference }), unread.activity);
    const found = partOfRoom(target);
    if (found?.part !== "pins") throw new Dropped("unsupported");
    return { uri: parse(reference, object), room: found.room, isPinned: readType(unread.activity) === "Add" };
  },
  take: async ({ ctx }, { said: { uri, room, isPinned }, actorUri }) => {
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("unknown_object");
    const ours = parseLocalUri(ctx.settings.origin, room);
    const conversation = ours?.kind === "conversation" ? { id: ours.id } : { uri: room };
    await receivePin(ctx, { personId: person.id, message: messageAt(ctx, uri), conversation, isPinned });
  },
});

import type { OutgoingActivity, OutgoingMessage, OutgoingOf } from "#domain/outgoing/types.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { activityUri, uriOfPerson } from "../uris.ts";
import { addressees, context, type Home } from "./common-out.ts";
import {
  translateBlock,
  translateLike,
  translateMove,
  translateOfSelf,
  translatePin,
  translateRead,
} from "./acts-out.ts";
import { translateLogItem } from "./log-out.ts";
import { contextOf, said, tombstone } from "./note-out.ts";
import { roomContext } from "./room-terms.ts";
import {
  translateAnswer,
  translateInvite,
  translateJoin,
  translateLeave,
  translateTimer,
  translateWish,
} from "./rooms-out.ts";

type Translators = {
  readonly [Type in OutgoingActivity["type"]]: (home: Home, outgoing: OutgoingOf<Type>) => JsonObject;
};

/** One row per type of activity: what it has beside, or instead of, what every activity has. Throws VersionGone. */
const translators: Translators = {
  Create: (home, outgoing) => aboutMessage(outgoing, said(home, outgoing)),
  Update: (home, outgoing) => aboutMessage(outgoing, said(home, outgoing)),
  Delete: (home, outgoing) => aboutMessage(outgoing, tombstone(home, outgoing)),
  Like: translateLike,
  Add: translatePin,
  Remove: translatePin,
  Read: translateRead,
  Block: translateBlock,
  Undo: (home, { undone }) => {
    const { "@context": terms = context, ...object } = translateActivity(home, undone);
    return { "@context": terms, object };
  },
  Invite: translateInvite,
  Accept: translateAnswer,
  Reject: translateAnswer,
  Join: translateJoin,
  Leave: translateLeave,
  AddMember: translateWish,
  RemoveMember: translateWish,
  UpdateRoom: translateWish,
  UpdateTimer: translateTimer,
  DeleteMessage: translateWish,
  UpdatePerson: translateOfSelf,
  DeletePerson: translateOfSelf,
  Move: translateMove,
  LogEntry: (home, { room, ...item }) => {
    return {
      "@context": roomContext,
      ...translateLogItem(home, { room, item, translate: translateActivity }),
    };
  },
};

function aboutMessage(outgoing: OutgoingMessage, object: JsonObject): JsonObject {
  return { "@context": contextOf(outgoing), directMessage: true, object };
}

/** Of groups, several kinds of activities share a type. */
const typesOnWire: Readonly<Partial<Record<OutgoingActivity["type"], string>>> = {
  AddMember: "Add",
  RemoveMember: "Remove",
  UpdateRoom: "Update",
  UpdateTimer: "Update",
  DeleteMessage: "Delete",
  LogEntry: "Add",
  UpdatePerson: "Update",
  DeletePerson: "Delete",
};

/** The ActivityStreams type of an activity of ours. */
export function typeOnWire(type: OutgoingActivity["type"]): string {
  return typesOnWire[type] ?? type;
}

/** Says one activity of ours in ActivityStreams. Throws VersionGone. */
export function translateActivity(home: Home, outgoing: OutgoingActivity): JsonObject {
  const translate = translators[outgoing.type] as (home: Home, outgoing: OutgoingActivity) => JsonObject;
  return {
    "@context": context,
    id: activityUri(home.origin, outgoing.id),
    type: typeOnWire(outgoing.type),
    actor: uriOfPerson(home.origin, outgoing.actor),
    ...addressees(home, outgoing),
    published: outgoing.createdAt.toISOString(),
    ...translate(home, outgoing),
  };
}

import type { LogItem, Room } from "#domain/groups/room.ts";
import type { OutgoingActivity } from "#domain/outgoing/types.ts";
import { isJsonObject, type JsonObject } from "#lib/bounded-json.ts";
import { digestOf } from "../digest.ts";
import { activityUri, logEntryUri, roomPartUri, uriOfPerson } from "../uris.ts";
import type { Home } from "./common-out.ts";
import { VersionGone } from "./note-out.ts";
import { roomContext } from "./room-terms.ts";
import { translateChange } from "./rooms-out.ts";

/** Says an activity of ours; throws VersionGone. */
export type Translate = (home: Home, outgoing: OutgoingActivity) => JsonObject;

/** A number in the log of a group: what an author said, by its id and digest, or what this server decided. */
export function translateLogItem(
  home: Home,
  { room, item, translate }: { room: Room; item: LogItem; translate: Translate },
): JsonObject {
  const log = roomPartUri(home.origin, room, "log");
  const keeper = uriOfPerson(home.origin, room.keeper);
  return {
    id: logEntryUri(home.origin, room, item.seq),
    type: "Add",
    actor: keeper,
    chatSeq: item.seq,
    chatEpoch: item.epoch,
    ...objectOf(home, { room, item, translate }),
    target: { id: log, type: "OrderedCollection", attributedTo: keeper },
  };
}

function objectOf(
  home: Home,
  { room, item: { logged }, translate }: { room: Room; item: LogItem; translate: Translate },
): JsonObject {
  if (logged.kind === "nothing") return {};
  if (logged.kind === "theirs") return refer(logged.uri, logged.digest);
  if (logged.kind !== "ours") return { object: translateChange(home, room, logged) };
  return refer(activityUri(home.origin, logged.activity.id), digestOfOurs(home, { ...logged, translate }));
}

function refer(object: string, digest: string | null): JsonObject {
  return { object, ...(digest === null ? {} : { chatDigest: digest }) };
}

/** Of what was deleted since there is nothing to compare any more. */
function digestOfOurs(
  home: Home,
  { activity, body, translate }: { activity: OutgoingActivity; body: string | null; translate: Translate },
): string | null {
  try {
    const sent: unknown = body === null ? null : JSON.parse(body);
    return digestOf(isJsonObject(sent) ? sent : translate(home, activity));
  } catch (error) {
    if (error instanceof VersionGone) return null;
    throw error;
  }
}

/** Some of the numbers of a log, in order. */
export function translateLogPage(
  home: Home,
  page: { room: Room; after: number; items: readonly LogItem[]; translate: Translate },
): JsonObject {
  const { room, after, items, translate } = page;
  const log = roomPartUri(home.origin, room, "log");
  const last = items.at(-1)?.seq ?? after;
  return {
    "@context": roomContext,
    id: `${log}?after=${after}`,
    type: "OrderedCollectionPage",
    partOf: log,
    attributedTo: uriOfPerson(home.origin, room.keeper),
    chatSeq: room.logSeq,
    orderedItems: items.map((item) => translateLogItem(home, { room, item, translate })),
    ...(last < room.logSeq && items.length > 0 ? { next: `${log}?after=${last}` } : {}),
  };
}

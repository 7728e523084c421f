import type {
  OutgoingAnswer,
  OutgoingInvite,
  OutgoingJoin,
  OutgoingLeave,
  OutgoingTimer,
  OutgoingWish,
  RoomChange,
  RoomFacts,
} from "#domain/outgoing/types.ts";
import type { Offer } from "#domain/groups/links.ts";
import type { Insider, Room } from "#domain/groups/room.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { joinLinkUrl } from "#lib/join-link.ts";
import { pictureUri, roomPartUri, uriOfConversation, uriOfMessage, uriOfPerson } from "../uris.ts";
import type { Home } from "./common-out.ts";
import { offerContext, roomContext } from "./room-terms.ts";

/** Somebody is asked in by the server that keeps the group, or that server is asked to ask them. */
export function translateInvite(home: Home, { room, invited, inviter, epoch }: OutgoingInvite): JsonObject {
  const target = uriOfPerson(home.origin, invited);
  const common = { "@context": roomContext, target, ...epochOf(epoch) };
  if (inviter === null) return { ...common, object: uriOfConversation(home.origin, room) };
  return { ...common, object: summarize(home, room), chatInviter: uriOfPerson(home.origin, inviter) };
}

/** A yes or a no. */
export function translateAnswer(_home: Home, { object }: OutgoingAnswer): JsonObject {
  return { "@context": "https://www.w3.org/ns/activitystreams", object };
}

/** The wish to come into a group, by a link or without one. */
export function translateJoin(_home: Home, { object, code }: OutgoingJoin): JsonObject {
  return { "@context": roomContext, object, ...(code === null ? {} : { chatLink: code }) };
}

/** That somebody goes. */
export function translateLeave(home: Home, { room, epoch }: OutgoingLeave): JsonObject {
  return { "@context": roomContext, object: uriOfConversation(home.origin, room), ...epochOf(epoch) };
}

/** How long what two people say stays; nobody keeps their conversation, so it is attributed to nobody. */
export function translateTimer(home: Home, { conversation, seconds, chosenAt }: OutgoingTimer): JsonObject {
  const id = uriOfConversation(home.origin, conversation);
  return {
    "@context": roomContext,
    object: {
      id,
      type: "OrderedCollection",
      updated: chosenAt,
      ...translateFacts(home, { expireAfter: seconds }),
    },
  };
}

/** What the server that keeps a group is asked to do. */
export function translateWish(home: Home, { room, wish, epoch }: OutgoingWish): JsonObject {
  const { chatBy: _signer, ...change } = translateChange(home, room, wish);
  return { "@context": roomContext, ...change, ...epochOf(epoch) };
}

/** A change of a group, of its people or of what they are, or the end of what somebody said in it. */
export function translateChange(home: Home, room: Room, change: RoomChange): JsonObject {
  const by = change.by === null ? {} : { chatBy: uriOfPerson(home.origin, change.by) };
  if (change.kind === "updated")
    return {
      type: "Update",
      object: { ...identify(home, room), ...translateFacts(home, change.facts) },
      ...by,
    };
  if (change.kind === "deleted") {
    const { message } = change;
    const id = "uri" in message ? message.uri : uriOfMessage(home.origin, { ...message, uri: null });
    const origin = uriOfConversation(home.origin, room);
    return { type: "Delete", object: { id, type: "Tombstone" }, origin, ...by };
  }
  const object = uriOfPerson(home.origin, change.person);
  const common = { object, target: roomPartUri(home.origin, room, "members"), ...by };
  if (change.kind === "removed")
    return { type: "Remove", ...common, ...(change.ban ? { chatBan: true } : {}) };
  const role = change.role === null ? {} : { chatRole: change.role };
  const { instead } = change;
  const moved = instead === undefined ? {} : { chatInstead: uriOfPerson(home.origin, instead) };
  return { type: "Add", ...common, ...role, ...moved };
}

/** A group as those see it who belong to it. */
export function translateRoom(home: Home, room: Room): JsonObject {
  return { "@context": roomContext, ...describeRoom(home, room) };
}

/** What a link leads into, for the server of somebody who has it. */
export function translateOffer(home: Home, { room, code, members, approval }: Offer): JsonObject {
  const { title, picture } = room;
  const counted = { id: roomPartUri(home.origin, room, "members"), type: "Collection", totalItems: members };
  return {
    "@context": offerContext,
    id: joinLinkUrl({ origin: home.origin, code }),
    type: "Offer",
    actor: uriOfPerson(home.origin, room.keeper),
    object: { ...identify(home, room), ...translateFacts(home, { title, picture }), members: counted },
    chatApproval: approval,
  };
}

/** Who is in a group, and what some of them are. */
export function translateMembers(home: Home, room: Room, insiders: readonly Insider[]): JsonObject {
  const uri = ({ person }: Insider): string => uriOfPerson(home.origin, person);
  const owner = insiders.find(({ role }) => role === "owner");
  return {
    "@context": roomContext,
    id: roomPartUri(home.origin, room, "members"),
    type: "Collection",
    attributedTo: uriOfPerson(home.origin, room.keeper),
    chatEpoch: room.chatEpoch,
    totalItems: insiders.length,
    items: insiders.map(uri),
    ...(owner === undefined ? {} : { chatOwner: uri(owner) }),
    chatAdmins: insiders.filter(({ role }) => role === "admin").map(uri),
  };
}

function describeRoom(home: Home, room: Room): JsonObject {
  return {
    ...identify(home, room),
    ...translateFacts(home, room),
    chatEpoch: room.chatEpoch,
    members: roomPartUri(home.origin, room, "members"),
    contextHistory: roomPartUri(home.origin, room, "log"),
  };
}

/** A group as those see it who are asked to come in. */
function summarize(home: Home, room: Room): JsonObject {
  const { title, description, picture } = room;
  return { ...identify(home, room), ...translateFacts(home, { title, description, picture }) };
}

function identify(home: Home, room: Room): JsonObject {
  const id = uriOfConversation(home.origin, room);
  return { id, type: "OrderedCollection", attributedTo: uriOfPerson(home.origin, room.keeper) };
}

/** Only what is there is said: a change says what it changes. */
function translateFacts(home: Home, facts: RoomFacts): JsonObject {
  const { title, description, picture, permissions, history, state, expireAfter } = facts;
  const policy = { ...permissions, ...(history === undefined ? {} : { history }) };
  return {
    ...(title === undefined ? {} : { name: title }),
    ...(description === undefined ? {} : { summary: description }),
    ...(picture === undefined ? {} : { icon: iconOf(home, picture) }),
    ...(Object.keys(policy).length === 0 ? {} : { chatPolicy: policy }),
    ...(state === undefined ? {} : { chatState: state }),
    ...(expireAfter === undefined ? {} : { chatExpireAfter: expireAfter }),
  };
}

function iconOf(home: Home, picture: NonNullable<RoomFacts["picture"]> | null): JsonObject | null {
  return picture === null ? null : { type: "Image", url: pictureUri(home.origin, picture) };
}

function epochOf(epoch: number | null): JsonObject {
  return epoch === null ? {} : { chatEpoch: epoch };
}

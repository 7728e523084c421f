import { z } from "zod";
import { isJsonObject, type JsonObject } from "#lib/bounded-json.ts";
import { firstGraphemes } from "#lib/graphemes.ts";
import { DESCRIPTION_LENGTH, TIMER_LONGEST, TIMER_SHORTEST, TITLE_LENGTH } from "#lib/group-limits.ts";
import { groupActions, roles, type Permissions, type Role } from "#lib/permissions.ts";
import { isSameOrigin, partOfRoom } from "../uris.ts";
import { parse, readActivity, readType, type Unread } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { oneLine, someLines } from "./plain-text.ts";
import { address, list, prose, reference, time } from "./values.ts";

/** What is said of a group; what is not said, or makes no sense here, stays as it is. */
export interface SaidFacts {
  title?: string | null;
  description?: string;
  pictureUrl?: string | null;
  permissions?: Permissions;
  history?: "joined" | "all";
  state?: "open" | "archived" | "closed";
  expireAfter?: number | null;
}

/** A group as another server describes it. */
export interface SaidRoom {
  readonly uri: string;
  readonly keeperUri: string;
  readonly epoch: number;
  readonly facts: SaidFacts;
}

/** A change of a group, or of what was said in it, with the addresses of the people or the message that it is about. */
export type SaidChange =
  /** `insteadUri`: who goes, having become that person. */
  | {
      readonly kind: "added";
      readonly personUri: string;
      readonly role: Role | null;
      readonly insteadUri?: string;
    }
  | { readonly kind: "removed"; readonly personUri: string; readonly ban: boolean }
  | { readonly kind: "updated"; readonly facts: SaidFacts }
  | { readonly kind: "deleted"; readonly messageUri: string };

/** Numbers of other servers are kept as 64 bits, and counted here as JavaScript counts. */
export const count = z.int().nonnegative();

const icon = z.union([address, z.looseObject({ url: address }).transform(({ url }) => url)]);
const permissions = z.object(
  Object.fromEntries(groupActions.map((action) => [action, z.enum(roles)])) as Record<
    (typeof groupActions)[number],
    z.ZodEnum<{ [Name in Role]: Name }>
  >,
);
const history = z.enum(["joined", "all"]);
/** Between five seconds and 400 days, as for those who live here. */
const timer = z.int().min(TIMER_SHORTEST).max(TIMER_LONGEST);
const roomFields = z.looseObject({
  id: address,
  attributedTo: reference,
  chatEpoch: count.optional(),
  name: prose.nullish(),
  summary: prose.optional(),
  icon: icon.nullish(),
  chatPolicy: z
    .looseObject({ history: history.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  chatState: z.enum(["open", "archived", "closed"]).optional().catch(undefined),
  chatExpireAfter: timer.nullish().catch(undefined),
});

/** Reads what is said of a group. Throws Dropped. */
export function readRoom(document: unknown): SaidRoom {
  const room = parse(roomFields, document);
  if (!isSameOrigin(room.id, room.attributedTo)) throw new Dropped("id_elsewhere");
  return { uri: room.id, keeperUri: room.attributedTo, epoch: room.chatEpoch ?? 0, facts: readFacts(room) };
}

function readFacts(room: z.output<typeof roomFields>): SaidFacts {
  const { name, summary, icon: picture, chatPolicy: policy, chatState, chatExpireAfter } = room;
  const may = permissions.safeParse(policy).data;
  const title = name == null ? name : firstGraphemes(oneLine(name), TITLE_LENGTH).toWellFormed();
  const description = summary && firstGraphemes(someLines(summary), DESCRIPTION_LENGTH).toWellFormed();
  return {
    ...(title === undefined || title === "" ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(picture === undefined ? {} : { pictureUrl: picture }),
    ...(may === undefined ? {} : { permissions: may }),
    ...(policy?.history === undefined ? {} : { history: policy.history }),
    ...(chatState === undefined ? {} : { state: chatState }),
    ...(chatExpireAfter === undefined ? {} : { expireAfter: chatExpireAfter }),
  };
}

/** What a link leads into, as its server describes it. */
export interface SaidOffer {
  readonly uri: string;
  readonly room: SaidRoom;
  readonly members: number;
  readonly approval: boolean;
}

const offerFields = z.looseObject({
  id: address,
  type: z.literal("Offer"),
  object: z.looseObject({ members: z.looseObject({ totalItems: count }) }),
  chatApproval: z.boolean(),
});

/** Reads what a link leads into; only the keeper of a group offers it, and where that is. Throws Dropped. */
export function readOffer(document: JsonObject): SaidOffer {
  const { id: uri, object, chatApproval: approval } = parse(offerFields, document);
  const room = readRoom(object);
  if (!isSameOrigin(uri, room.uri)) throw new Dropped("id_elsewhere");
  return { uri, room, members: object.members.totalItems, approval };
}

/** How long what two people say stays, from one of them to the other. */
export interface SaidTimer {
  readonly conversation: string;
  readonly to: string;
  readonly seconds: number | null;
  /** Null when they do not say. */
  readonly chosenAt: Date | null;
}

const timerFields = z.looseObject({
  to: list(address).pipe(z.tuple([address])),
  object: z.looseObject({ id: address, chatExpireAfter: timer.nullable(), updated: time }),
});

/** Reads how long something stays that is said between two. Throws Dropped. */
export function readTimer(unread: Unread): SaidTimer {
  readActivity(unread);
  const { to, object } = parse(timerFields, unread.activity);
  return { conversation: object.id, to: to[0], seconds: object.chatExpireAfter, chosenAt: object.updated };
}

/** Whether a collection is said to be somebody's, as a group is its keeper's. */
export function isAttributed({ activity }: Unread): boolean {
  const { object } = activity;
  return isJsonObject(object) && object["attributedTo"] != null;
}

export interface SaidMembers {
  readonly uris: readonly string[];
  readonly owner: string | null;
  readonly admins: readonly string[];
}

const memberFields = z.looseObject({
  items: list(address),
  chatOwner: address.nullish(),
  chatAdmins: list(address),
});

/** Reads who is in a group. Throws Dropped. */
export function readMembers(document: JsonObject): SaidMembers {
  const { items, chatOwner, chatAdmins } = parse(memberFields, document);
  return { uris: [...new Set(items)], owner: chatOwner ?? null, admins: chatAdmins };
}

const epochField = z.looseObject({ chatEpoch: count.nullish() });

/** The group's number as whoever asks for something knew it; null when they do not say. */
function readEpoch(activity: JsonObject): number | null {
  return parse(epochField, activity).chatEpoch ?? null;
}

/** Somebody is asked into a group: by its keeper, who tells what it is, or the keeper shall ask them. */
export interface IncomingInvite {
  readonly activityUri: string;
  readonly room: string;
  readonly targetUri: string;
  /** Set by the keeper. */
  readonly told: { readonly room: SaidRoom; readonly inviterUri: string } | null;
  readonly epoch: number | null;
}

const inviteFields = z.looseObject({
  object: z.unknown(),
  target: reference,
  chatInviter: reference.nullish(),
});

/** Reads an `Invite`. Throws Dropped. */
export function readInvite(unread: Unread): IncomingInvite {
  const { id: activityUri } = readActivity(unread);
  const { object, target: targetUri, chatInviter } = parse(inviteFields, unread.activity);
  const room = parse(reference, object);
  const epoch = readEpoch(unread.activity);
  if (chatInviter == null) return { activityUri, room, targetUri, told: null, epoch };
  const said = readRoom(object);
  if (said.keeperUri !== unread.actorUri) throw new Dropped("not_attributed");
  return { activityUri, room, targetUri, told: { room: said, inviterUri: chatInviter }, epoch };
}

/** What somebody answers, or wants: the address of an invitation, of a wish, of a group or of a link into it. */
export interface IncomingWish {
  readonly activityUri: string;
  readonly object: string;
  readonly code: string | null;
  readonly epoch: number | null;
}

const wishFields = z.looseObject({ object: reference, chatLink: z.string().max(200).nullish() });

/** Reads an `Accept`, a `Reject`, a `Join` or a `Leave`. Throws Dropped. */
export function readWish(unread: Unread): IncomingWish {
  const { id: activityUri } = readActivity(unread);
  const { object, chatLink } = parse(wishFields, unread.activity);
  return { activityUri, object, code: chatLink ?? null, epoch: readEpoch(unread.activity) };
}

/** What somebody wants done to a group or its people. */
export interface IncomingChange {
  readonly activityUri: string;
  readonly room: string;
  readonly change: SaidChange;
  readonly epoch: number | null;
}

/**
 * Reads an `Add` to the members of a group, a `Remove` from them, an `Update` of the group, or a `Delete` of what somebody
 * else said in it. Throws Dropped.
 */
export function readWishedChange(unread: Unread): IncomingChange {
  const { id: activityUri } = readActivity(unread);
  const { room, change } = readChange(unread.activity);
  return { activityUri, room, change, epoch: readEpoch(unread.activity) };
}

const changeFields = z.looseObject({
  object: z.unknown(),
  target: reference.optional(),
  origin: reference.optional(),
  chatRole: z.enum(roles).nullish().catch(null),
  chatBan: z.boolean().nullish(),
  chatInstead: address.nullish().catch(null),
});

/** Reads a change of a group, as it is wished for or decided. Throws Dropped. */
export function readChange(activity: JsonObject): { room: string; change: SaidChange } {
  const type = readType(activity);
  const { object, target, origin, chatRole, chatBan, chatInstead } = parse(changeFields, activity);
  if (type === "Update") {
    const { uri, facts } = readRoom(object);
    return { room: uri, change: { kind: "updated", facts } };
  }
  if (type === "Delete" && origin !== undefined) {
    const messageUri = parse(address, parse(reference, object));
    return { room: origin, change: { kind: "deleted", messageUri } };
  }
  const found = target === undefined ? null : partOfRoom(target);
  if (found?.part !== "members") throw new Dropped("unsupported");
  const personUri = parse(address, parse(reference, object));
  const { room } = found;
  if (type === "Add") {
    const instead = chatInstead == null ? {} : { insteadUri: chatInstead };
    return { room, change: { kind: "added", personUri, role: chatRole ?? null, ...instead } };
  }
  if (type === "Remove") return { room, change: { kind: "removed", personUri, ban: chatBan === true } };
  throw new Dropped("unsupported");
}

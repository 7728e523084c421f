import type { EventName, EventOf } from "#domain/events.ts";
import type { DraftRow } from "#domain/drafts.ts";
import type { FolderRow } from "#domain/folders.ts";
import type { GroupFacts, MemberFact, RefusedWish } from "#domain/facts.ts";
import type { Preferences } from "#domain/preferences.ts";
import type { ShownInvitation } from "#domain/groups/invitations.ts";
import type { KnownPerson } from "#domain/people.ts";
import type { DeliveryState, ShownMessage, View } from "#domain/read.ts";
import type { PersonalChange } from "#domain/personal-changes.ts";
import type { RelationRow } from "#domain/relations/change.ts";
import type { Change, ChangeOf } from "#protocol/changes.ts";
import { presentFacts, presentMembership, presentView } from "./conversations.ts";
import { presentDraft, presentFolder } from "./list.ts";
import { presentInvitation } from "./invitations.ts";
import { presentDelivery, presentMessage } from "./messages.ts";
import { presentRelation } from "./relations.ts";
import { presentPreferences } from "./preferences.ts";
import { presentPerson, type Place } from "./people.ts";

/** What must be loaded to show each event. An event that is not shown to anybody has no row. */
interface Facts {
  "conversation.created": View;
  "member.changed": KnownPerson;
  "conversation.changed": GroupFacts;
  "member.joined": MemberFact;
  "member.left": MemberFact;
  "member.promoted": MemberFact;
  "message.posted": ShownMessage;
  "message.edited": ShownMessage;
  "message.deleted": ShownMessage;
  "message.reacted": ShownMessage;
  "message.pinned": ShownMessage;
  /** The position. */
  "receipt.changed": number;
  "message.hidden": View;
  "message.saved": Date | null;
  "membership.changed": View;
  "draft.changed": DraftRow | null;
  "folders.changed": FolderRow[];
  "conversation.forgotten": null;
  "relation.changed": RelationRow;
  "invitation.changed": ShownInvitation;
  "preferences.changed": Preferences;
  "profile.changed": KnownPerson;
  "wish.refused": RefusedWish;
  "delivery.changed": DeliveryState[];
}

/** Events that say something about the server itself and not about anybody's conversations. */
type Unshown = "session.revoked" | "servers.changed" | "terms.changed" | "activities.due" | "keys.destroyed";
type ShownName = Exclude<EventName, Unshown>;

/** One row per event that a client is shown; its change has the event's own name. */
type Presenters = {
  readonly [Name in ShownName]: (place: Place, event: EventOf<Name>, fact: Facts[Name]) => ChangeOf<Name>;
};

/** How each event looks to a client. */
export const presentChange: Presenters = {
  "conversation.created": (place, { conversationId, revision }, view) => {
    const { conversation, membership } = presentView(place, view);
    return { type: "conversation.created", conversationId, revision, conversation, membership };
  },
  "member.changed": (place, { conversationId, revision }, { person, successor }) => {
    const shown = presentPerson(place, person, successor);
    return { type: "member.changed", conversationId, revision, person: shown };
  },
  "conversation.changed": (_, { conversationId, revision }, facts) => {
    return { type: "conversation.changed", conversationId, revision, facts: presentFacts(facts) };
  },
  "member.joined": (place, { conversationId, revision }, { known, role, epoch }) => {
    const person = presentPerson(place, known.person, known.successor);
    return { type: "member.joined", conversationId, revision, member: { person, role }, epoch };
  },
  "member.left": (place, { conversationId, revision }, { known, epoch }) => {
    const person = presentPerson(place, known.person, known.successor);
    return { type: "member.left", conversationId, revision, person, epoch };
  },
  "member.promoted": (_, { conversationId, revision, personId }, { role, epoch }) => {
    return { type: "member.promoted", conversationId, revision, personId, role, epoch };
  },
  "message.posted": (_, { conversationId, revision }, row) => {
    return { type: "message.posted", conversationId, revision, message: presentMessage(row) };
  },
  "message.edited": (_, { conversationId, revision }, row) => {
    return { type: "message.edited", conversationId, revision, message: presentMessage(row) };
  },
  "message.deleted": (_, { conversationId, revision }, row) => {
    return { type: "message.deleted", conversationId, revision, message: presentMessage(row) };
  },
  "receipt.changed": (_, { conversationId, revision, personId }, position) => {
    return { type: "receipt.changed", conversationId, revision, personId, position };
  },
  "message.reacted": (_, { conversationId, revision }, row) => {
    return { type: "message.reacted", conversationId, revision, message: presentMessage(row) };
  },
  "message.pinned": (_, { conversationId, revision }, row) => {
    return { type: "message.pinned", conversationId, revision, message: presentMessage(row) };
  },
  "message.saved": (_, event, savedAt) => presentSaved(event, savedAt),
  "message.hidden": (_, { number, messageId }, view) => presentHidden(number, messageId, view),
  "membership.changed": (_, { number }, view) => presentOwnSide(number, view),
  "draft.changed": (_, { number, conversationId }, draft) => presentWritten(number, conversationId, draft),
  "folders.changed": (_, { number }, folders) => presentArranged(number, folders),
  "conversation.forgotten": (_, { number, conversationId }) => {
    return { type: "conversation.forgotten", number, conversationId };
  },
  "relation.changed": (_, { number }, row) => {
    return { type: "relation.changed", number, relation: presentRelation(row) };
  },
  "invitation.changed": (place, { number }, shown) => presentInvited(place, { number, shown }),
  "preferences.changed": (_, { number }, preferences) => presentChosen(number, preferences),
  "profile.changed": (place, { number }, known) => presentProfile(place, number, known),
  "wish.refused": (_, { number }, wish) => presentRefused(number, wish),
  "delivery.changed": (_, { number, conversationId, messageId }, states) => {
    return {
      type: "delivery.changed",
      number,
      conversationId,
      messageId,
      deliveries: states.map(presentDelivery),
    };
  },
};

/** A message as a change that a client catches up with: in its latest shape, under the number of its last change. */
export function presentCaughtUp(row: ShownMessage): Change {
  const type =
    row.deletedAt !== null ? "message.deleted" : row.editedAt !== null ? "message.edited" : "message.posted";
  return { type, conversationId: row.conversationId, revision: row.revision, message: presentMessage(row) };
}

/** One of the viewer's own changes, when they catch up with it. */
export function presentPersonalChange(place: Place, change: PersonalChange): Change {
  const { number } = change;
  if (change.kind === "preferences") return presentChosen(number, change.preferences);
  if (change.kind === "profile") return presentProfile(place, number, change.known);
  if (change.kind === "draft") return presentWritten(number, change.conversationId, change.draft);
  if (change.kind === "folders") return presentArranged(number, change.folders);
  if (change.kind === "membership") return presentOwnSide(number, change.view);
  if (change.kind === "forgotten")
    return { type: "conversation.forgotten", number, conversationId: change.conversationId };
  if (change.kind === "hidden") return presentHidden(number, change.messageId, change.view);
  if (change.kind === "relation") {
    return { type: "relation.changed", number, relation: presentRelation(change.relation) };
  }
  if (change.kind === "invitation") return presentInvited(place, { ...change, shown: change.invitation });
  if (change.kind === "saved") return presentSaved(change, change.savedAt);
  if (change.kind === "refused") return presentRefused(number, change.wish);
  const { conversationId, messageId, states } = change;
  return {
    type: "delivery.changed",
    number,
    conversationId,
    messageId,
    deliveries: states.map(presentDelivery),
  };
}

function presentWritten(
  number: number,
  conversationId: string,
  draft: DraftRow | null,
): ChangeOf<"draft.changed"> {
  return { type: "draft.changed", number, conversationId, draft: draft && presentDraft(draft) };
}

function presentArranged(number: number, folders: readonly FolderRow[]): ChangeOf<"folders.changed"> {
  return { type: "folders.changed", number, folders: folders.map(presentFolder) };
}

function presentProfile(
  place: Place,
  number: number,
  { person, successor }: KnownPerson,
): ChangeOf<"profile.changed"> {
  return { type: "profile.changed", number, person: presentPerson(place, person, successor) };
}

function presentInvited(
  place: Place,
  { number, shown }: { number: number; shown: ShownInvitation },
): ChangeOf<"invitation.changed"> {
  return { type: "invitation.changed", number, invitation: presentInvitation(place, shown) };
}

const asked = {
  Invite: "invite",
  AddMember: "role",
  RemoveMember: "remove",
  UpdateRoom: "change",
  DeleteMessage: "delete",
} as const satisfies Record<RefusedWish["type"], string>;

function presentRefused(number: number, wish: RefusedWish): ChangeOf<"wish.refused"> {
  const { conversationId, type, host, state } = wish;
  // Why the last attempt failed says nothing once there is no other.
  const reason = state === "refused" || wish.reason === "server_suspended" ? wish.reason : null;
  return {
    type: "wish.refused",
    number,
    wish: { conversationId: conversationId!, asked: asked[type], host, reason },
  };
}

function presentSaved(
  {
    number,
    conversationId,
    messageId,
  }: Pick<EventOf<"message.saved">, "number" | "conversationId" | "messageId">,
  savedAt: Date | null,
): ChangeOf<"message.saved"> {
  return {
    type: "message.saved",
    number,
    conversationId,
    messageId,
    savedAt: savedAt?.toISOString() ?? null,
  };
}

function presentOwnSide(number: number, view: View): ChangeOf<"membership.changed"> {
  const revision = revisionOf(view);
  return { type: "membership.changed", number, revision, membership: presentMembership(view) };
}

function presentChosen(number: number, preferences: Preferences): ChangeOf<"preferences.changed"> {
  return { type: "preferences.changed", number, preferences: presentPreferences(preferences) };
}

/** Up to which number a conversation is shown; to whoever went, for good. */
function revisionOf({ conversation, member }: View): number {
  return member.leftRevision ?? conversation.revision;
}

function presentHidden(number: number, messageId: string, view: View): ChangeOf<"message.hidden"> {
  const revision = revisionOf(view);
  const { id: conversationId } = view.conversation;
  return {
    type: "message.hidden",
    number,
    conversationId,
    messageId,
    revision,
    membership: presentMembership(view),
  };
}

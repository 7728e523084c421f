import { forgetBearers } from "#domain/known-bearers.ts";
import { forgetSigningKey } from "#domain/keys.ts";
import { forgetKnown } from "#domain/known.ts";
import { listServersToAsk } from "#domain/servers.ts";
import type { DomainEvent, EventName, EventOf } from "#domain/events.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import {
  pushConversation,
  pushDelivery,
  pushDraft,
  pushFacts,
  pushFolders,
  pushForgotten,
  pushGroupMember,
  pushHidden,
  pushInvitation,
  pushMember,
  pushMembership,
  pushMessage,
  pushRefused,
  pushRelation,
  pushPreferences,
  pushProfile,
  pushReceipt,
  pushSaved,
} from "#realtime/push.ts";
import type { Node } from "./node.ts";
import { meetAgain } from "./signals.ts";

/** `isOwn`: it happened at this very node. */
type Effect<Name extends EventName> = (
  node: Node,
  event: EventOf<Name>,
  isOwn: boolean,
) => Promise<void> | void;
type Effects = { readonly [Name in EventName]: readonly Effect<Name>[] };

/** The whole fan-out on one page: what follows, on every node, from what happened on any of them. */
const effects: Effects = {
  "member.changed": [pushMember],
  "conversation.created": [pushConversation, askServers, meet],
  "conversation.changed": [pushFacts],
  "conversation.forgotten": [pushForgotten],
  "member.joined": [pushGroupMember],
  "member.left": [pushGroupMember],
  "member.promoted": [pushGroupMember],
  "message.posted": [wakeLanes, indexWords, pushMessage],
  "message.edited": [wakeLanes, indexWords, pushMessage],
  "message.deleted": [wakeLanes, pushMessage],
  "receipt.changed": [wakeLanes, pushReceipt],
  "message.reacted": [wakeLanes, pushMessage],
  "message.pinned": [wakeLanes, pushMessage],
  "message.hidden": [pushHidden],
  "message.saved": [pushSaved],
  "membership.changed": [pushMembership, meet],
  "draft.changed": [pushDraft],
  "folders.changed": [pushFolders],
  "preferences.changed": [pushPreferences, meet],
  "profile.changed": [pushProfile],
  "delivery.changed": [wakeLanes, pushDelivery],
  "wish.refused": [pushRefused],
  "relation.changed": [wakeLanes, pushRelation, meet],
  "invitation.changed": [pushInvitation],
  "activities.due": [({ lanes }) => lanes?.wake()],
  "servers.changed": [heedRules],
  "session.revoked": [({ ctx }) => forgetBearers(ctx), closeSession],
  "keys.destroyed": [({ ctx }, { personId }) => forgetSigningKey(ctx, personId)],
  "terms.changed": [({ ctx }) => forgetKnown(ctx)],
};

/** Runs what follows from one event, in order. */
export async function runEffects(node: Node, event: DomainEvent, isOwn: boolean): Promise<void> {
  const rows = effects[event.name] as readonly Effect<EventName>[];
  for (const effect of rows) await effect(node, event, isOwn);
}

function wakeLanes({ lanes }: Node, event: { leaves: boolean }): void {
  if (event.leaves) lanes?.wake();
}

function indexWords({ indexing }: Node, event: { conversationId: ConversationId }): void {
  indexing?.wake(event.conversationId);
}

/** What the servers of new people run is known before somebody answers them; nothing here waits for it. */
async function askServers({ ctx, servers }: Node, event: EventOf<"conversation.created">): Promise<void> {
  if (servers !== null) void servers.learn(await listServersToAsk(ctx, event.conversationId));
}

/** What waits for a server with which nothing passes any more ends at once. */
function heedRules({ ctx, lanes }: Node): void {
  forgetKnown(ctx);
  lanes?.wake();
}

function closeSession({ hub }: Node, event: EventOf<"session.revoked">): void {
  hub.closeSession(event.personId, event.sessionId);
}

/** Who may see of whom whether they are there can be another matter now. */
async function meet(
  node: Node,
  event: { meets?: boolean } & ({ personId: PersonId } | { to: PersonId[] }),
  isOwn: boolean,
): Promise<void> {
  if (event.meets === false) return;
  const people = "to" in event ? event.to : [event.personId];
  for (const personId of people) await meetAgain(node, personId, { isOwn });
}

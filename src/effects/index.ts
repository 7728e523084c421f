import type { Context } from "#domain/context.ts";
import { listServersToAsk } from "#domain/servers.ts";
import type { DomainEvent, EventName, EventOf } from "#domain/events.ts";
import type { Lanes } from "#federation/lanes.ts";
import type { Servers } from "#federation/servers.ts";
import type { Hub } from "#realtime/hub.ts";
import {
  pushConversation,
  pushDelivery,
  pushHidden,
  pushMember,
  pushMembership,
  pushMessage,
  pushRelation,
  pushPreferences,
  pushReceipt,
  pushSaved,
} from "#realtime/push.ts";

/** The parts of one node that something can follow in. */
export interface Node {
  readonly ctx: Context;
  readonly hub: Hub;
  /** Null on a node that does not deliver. */
  readonly lanes: Lanes | null;
  /** Null on a node that asks no other servers by itself. */
  readonly servers: Servers | null;
}

type Effect<Name extends EventName> = (node: Node, event: EventOf<Name>) => Promise<void> | void;
type Effects = { readonly [Name in EventName]: readonly Effect<Name>[] };

/** The whole fan-out on one page: what follows, on every node, from what happened on any of them. */
const effects: Effects = {
  "member.changed": [pushMember],
  "conversation.created": [pushConversation, askServers],
  "message.posted": [wakeLanes, pushMessage],
  "message.edited": [wakeLanes, pushMessage],
  "message.deleted": [wakeLanes, pushMessage],
  "receipt.changed": [pushReceipt],
  "message.reacted": [wakeLanes, pushMessage],
  "message.pinned": [wakeLanes, pushMessage],
  "message.hidden": [pushHidden],
  "message.saved": [pushSaved],
  "membership.changed": [pushMembership],
  "preferences.changed": [pushPreferences],
  "delivery.changed": [wakeLanes, pushDelivery],
  "relation.changed": [wakeLanes, pushRelation],
  "session.revoked": [closeSession],
};

/** Runs what follows from one event, in order. */
export async function runEffects(node: Node, event: DomainEvent): Promise<void> {
  const rows = effects[event.name] as readonly Effect<EventName>[];
  for (const effect of rows) await effect(node, event);
}

function wakeLanes({ lanes }: Node, event: { leaves: boolean }): void {
  if (event.leaves) lanes?.wake();
}

/** What the servers of new people run is known before somebody answers them; nothing here waits for it. */
async function askServers({ ctx, servers }: Node, event: EventOf<"conversation.created">): Promise<void> {
  if (servers !== null) void servers.learn(await listServersToAsk(ctx, event.conversationId));
}

function closeSession({ hub }: Node, event: EventOf<"session.revoked">): void {
  hub.closeSession(event.personId, event.sessionId);
}

import type { Context } from "#domain/context.ts";
import { loadDraft } from "#domain/drafts.ts";
import type { EventOf } from "#domain/events.ts";
import {
  loadChangedMessage,
  loadDeliveries,
  loadFacts,
  loadGone,
  loadMember,
  loadOwnSide,
  loadPerson,
  loadRefused,
  loadSavedAt,
  seenFrom,
  withheldWithin,
  type SeenMessage,
} from "#domain/facts.ts";
import { listFolders } from "#domain/folders.ts";
import { loadInvitation } from "#domain/groups/invitations.ts";
import { readRelation } from "#domain/relations/read.ts";
import { readPreferences } from "#domain/preferences.ts";
import { loadReceipt } from "#domain/receipts.ts";
import type { SignalOf } from "#domain/signals.ts";
import { presentChange } from "#present/changes.ts";
import { factsAsLeft } from "#protocol/as-left.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import { encodeFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";

/** What pushing needs: where to load, and whom to send to. */
export interface Pushing {
  readonly ctx: Context;
  readonly hub: Hub;
}

/** Shows a new conversation to each of its members here, each with their own side of it. */
export async function pushConversation(
  { ctx, hub }: Pushing,
  event: EventOf<"conversation.created">,
): Promise<void> {
  const listening = event.to.filter((personId) => hub.listens([personId]));
  await Promise.all(
    listening.map(async (personId) => {
      const view = await loadOwnSide(ctx, { personId, conversationId: event.conversationId });
      if (view === null) return;
      const change = presentChange["conversation.created"](ctx.settings, event, view);
      hub.send([personId], encodeFrame(change));
    }),
  );
}

type MessagePresenter = (
  place: Context["settings"],
  event: MessageEvent,
  row: SeenMessage["message"],
) => ServerFrame;
type MessageEvent = EventOf<
  "message.posted" | "message.edited" | "message.deleted" | "message.reacted" | "message.pinned"
>;

/** Shows a change of a message to all who may see it, and its bare number to members who may not. */
export async function pushMessage({ ctx, hub }: Pushing, event: MessageEvent): Promise<void> {
  if (!hub.listens(event.to)) return;
  const { conversationId, revision } = event;
  const seen = await loadChangedMessage(ctx, event);
  const skip = () => encodeFrame({ type: "skip", conversationId, revision });
  if (seen === null) return hub.send(event.to, skip());
  const present = presentChange[event.name] as MessagePresenter;
  const show = (message: SeenMessage["message"]) => encodeFrame(present(ctx.settings, event, message));
  const seeing = event.to.filter((id) => !seen.blind.has(id));
  const apart = withheldWithin(seen.message);
  hub.send(
    seeing.filter((id) => !apart.has(id)),
    show(seen.message),
  );
  for (const id of seeing.filter((each) => apart.has(each))) hub.send([id], show(seenFrom(seen.message, id)));
  if (seen.blind.size > 0) hub.send(seen.blind, skip());
}

/** Shows how far somebody has read to those who may see it, and the bare number to the others. */
export async function pushReceipt({ ctx, hub }: Pushing, event: EventOf<"receipt.changed">): Promise<void> {
  if (!hub.listens(event.to)) return;
  const { conversationId, revision } = event;
  const { position, viewerIds } = await loadReceipt(ctx, event);
  const seeing = new Set(viewerIds);
  const frame = encodeFrame(presentChange["receipt.changed"](ctx.settings, event, position));
  hub.send(
    event.to.filter((id) => seeing.has(id)),
    frame,
  );
  hub.send(
    event.to.filter((id) => !seeing.has(id)),
    encodeFrame({ type: "skip", conversationId, revision }),
  );
}

/** Shows somebody's own sessions how others see them now. */
export async function pushProfile({ ctx, hub }: Pushing, event: EventOf<"profile.changed">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const known = await loadPerson(ctx, event);
  hub.send([event.personId], encodeFrame(presentChange["profile.changed"](ctx.settings, event, known)));
}

/** Shows somebody's own sessions what they chose in another. */
export async function pushPreferences(
  { ctx, hub }: Pushing,
  event: EventOf<"preferences.changed">,
): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const preferences = await readPreferences(ctx, event.personId);
  const change = presentChange["preferences.changed"](ctx.settings, event, preferences);
  hub.send([event.personId], encodeFrame(change));
}

/** Shows everybody in a conversation one of its people as they are now. */
export async function pushMember({ ctx, hub }: Pushing, event: EventOf<"member.changed">): Promise<void> {
  if (!hub.listens(event.to)) return;
  const known = await loadPerson(ctx, event);
  hub.send(event.to, encodeFrame(presentChange["member.changed"](ctx.settings, event, known)));
}

/** Shows everybody in a group what it says of itself now. */
export async function pushFacts(pushing: Pushing, event: EventOf<"conversation.changed">): Promise<void> {
  const { ctx, hub } = pushing;
  if (!hub.listens(event.to)) return;
  const facts = await loadFacts(ctx, event.conversationId);
  const now = presentChange["conversation.changed"](ctx.settings, event, facts);
  await showGroup(pushing, event, { now, left: ({ title }) => ({ ...now, facts: factsAsLeft(title) }) });
}

type PresentMember = (
  place: Context["settings"],
  event: MemberEvent,
  fact: Awaited<ReturnType<typeof loadMember>>,
) => ServerFrame;
type MemberEvent = EventOf<"member.joined" | "member.left" | "member.promoted">;

/** Shows everybody in a group who came, who went, and what somebody is in it. */
export async function pushGroupMember(pushing: Pushing, event: MemberEvent): Promise<void> {
  const { ctx, hub } = pushing;
  if (!hub.listens(event.to)) return;
  const fact = await loadMember(ctx, event);
  const present = presentChange[event.name] as PresentMember;
  await showGroup(pushing, event, {
    now: present(ctx.settings, event, fact),
    left: () => present(ctx.settings, event, { ...fact, role: "member", epoch: 0 }),
  });
}

/** Shows a change of a group as it is by now; to whoever went meanwhile, nothing that came after. */
async function showGroup(
  { ctx, hub }: Pushing,
  event: EventOf<"conversation.changed"> | MemberEvent,
  frames: { now: ServerFrame; left: (kept: { title: string | null }) => ServerFrame },
): Promise<void> {
  const { conversationId, revision, to } = event;
  const gone = await loadGone(ctx, event);
  hub.send(
    to.filter((id) => !gone.has(id)),
    encodeFrame(frames.now),
  );
  for (const [id, kept] of gone)
    hub.send(
      [id],
      encodeFrame(kept === null ? { type: "skip", conversationId, revision } : frames.left(kept)),
    );
}

/** Shows somebody's own sessions that a group is gone from their list. */
export function pushForgotten({ ctx, hub }: Pushing, event: EventOf<"conversation.forgotten">): void {
  hub.send([event.personId], encodeFrame(presentChange["conversation.forgotten"](ctx.settings, event, null)));
}

/** Shows somebody's own sessions what they have begun to write in another. */
export async function pushDraft({ ctx, hub }: Pushing, event: EventOf<"draft.changed">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const draft = await loadDraft(ctx, event);
  hub.send([event.personId], encodeFrame(presentChange["draft.changed"](ctx.settings, event, draft)));
}

/** Shows somebody's own sessions their folders. */
export async function pushFolders({ ctx, hub }: Pushing, event: EventOf<"folders.changed">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const folders = await listFolders(ctx, event.personId);
  hub.send([event.personId], encodeFrame(presentChange["folders.changed"](ctx.settings, event, folders)));
}

/** Shows the others of a conversation that somebody writes. */
export function pushTyping({ hub }: Pushing, signal: SignalOf<"typing">): void {
  const { conversationId, personId, to } = signal;
  if (hub.listens(to)) hub.send(to, encodeFrame({ type: "typing", conversationId, personId }));
}

/**
 * Shows somebody's own sessions that a message is gone for them. Of a conversation which they took out of their list
 * meanwhile, the change that says so comes after.
 */
export async function pushHidden({ ctx, hub }: Pushing, event: EventOf<"message.hidden">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const view = await loadOwnSide(ctx, event);
  if (view === null) return;
  hub.send([event.personId], encodeFrame(presentChange["message.hidden"](ctx.settings, event, view)));
}

/** Shows somebody's own sessions what they read, accepted or declined in another. */
export async function pushMembership(
  { ctx, hub }: Pushing,
  event: EventOf<"membership.changed">,
): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const view = await loadOwnSide(ctx, event);
  if (view === null) return;
  hub.send([event.personId], encodeFrame(presentChange["membership.changed"](ctx.settings, event, view)));
}

/** Shows somebody's own sessions whom they blocked or muted. */
export async function pushRelation({ ctx, hub }: Pushing, event: EventOf<"relation.changed">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const relation = await readRelation(ctx, event);
  hub.send([event.personId], encodeFrame(presentChange["relation.changed"](ctx.settings, event, relation)));
}

/** Shows somebody's own sessions that they are invited, or what became of it. */
export async function pushInvitation(
  { ctx, hub }: Pushing,
  event: EventOf<"invitation.changed">,
): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const shown = await loadInvitation(ctx, event);
  hub.send([event.personId], encodeFrame(presentChange["invitation.changed"](ctx.settings, event, shown)));
}

/** Shows somebody's own sessions that they keep a message, or let go of it. */
export async function pushSaved({ ctx, hub }: Pushing, event: EventOf<"message.saved">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const savedAt = await loadSavedAt(ctx, event);
  hub.send([event.personId], encodeFrame(presentChange["message.saved"](ctx.settings, event, savedAt)));
}

/** Shows somebody's own sessions that what they wanted of a group was not done. */
export async function pushRefused({ ctx, hub }: Pushing, event: EventOf<"wish.refused">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const wish = await loadRefused(ctx, event);
  if (wish === null) return;
  hub.send([event.personId], encodeFrame(presentChange["wish.refused"](ctx.settings, event, wish)));
}

/** Shows an author how another server took their message. */
export async function pushDelivery({ ctx, hub }: Pushing, event: EventOf<"delivery.changed">): Promise<void> {
  if (!hub.listens([event.personId])) return;
  const states = await loadDeliveries(ctx, event.messageId);
  hub.send([event.personId], encodeFrame(presentChange["delivery.changed"](ctx.settings, event, states)));
}

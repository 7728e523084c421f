import { findMember, lockConversations, type ConversationRow, type MemberRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findPersonById } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { isAbove, isAtLeast, mayDo, type GroupAction, type Role } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { checkVoice, type Deed } from "../voice.ts";
import type { Facts } from "./decision.ts";
import { isKeptHere } from "./log.ts";

/** What may be done in a conversation. */
export type Action = GroupAction | "govern" | "close" | "transfer";

/** What nobody does in a group that is archived. */
const rests: readonly Action[] = ["write", "invite", "pin"];

/** Refuses while a group is archived, or for good once it is closed. */
export function checkOpen({ state }: Pick<ConversationRow, "state">): void {
  if (state === "archived") throw new Refusal("group_archived");
  if (state === "closed") throw new Refusal("group_closed");
}

/** The one rule of who may do what; refuses by name. `govern`: permissions, history, bans, to archive and to reopen. */
export function checkMay(
  { state, permissions }: Pick<ConversationRow, "state" | "permissions">,
  role: Role,
  action: Action,
): void {
  if (rests.includes(action)) checkOpen({ state });
  if (state === "closed") throw new Refusal("group_closed");
  if (!isAllowed(role, action, permissions)) throw new Refusal("not_permitted");
}

function isAllowed(role: Role, action: Action, permissions: ConversationRow["permissions"]): boolean {
  if (action === "govern") return isAtLeast(role, "admin");
  if (action === "close" || action === "transfer") return role === "owner";
  return mayDo(role, action, permissions);
}

/** Refuses to do something to somebody who is not below oneself. */
export function checkAbove(role: Role, other: Role): void {
  if (!isAbove(role, other)) throw new Refusal("not_permitted");
}

/** Which rights a change of what a group says of itself takes. */
export function actionsFor(facts: Pick<Facts, "state">): Action[] {
  const governs = ["permissions", "history", "state"].some((name) => name in facts);
  const edits = ["title", "description", "pictureId", "pictureUrl", "expireAfter"].some(
    (name) => name in facts,
  );
  return [
    ...(facts.state === "closed" ? (["close"] as const) : []),
    ...(governs ? (["govern"] as const) : []),
    ...(edits ? (["edit"] as const) : []),
  ];
}

export interface OfMember {
  personId: PersonId;
  conversationId: ConversationId;
  /** What the person knew of the group when they decided; null or absent for now. */
  epoch?: number | null;
}

export interface LockedGroup {
  conversation: ConversationRow;
  member: MemberRow;
  /** Whether this server decides; else the one that keeps it is asked. */
  isKeptHere: boolean;
}

/** Locks a group for one of its members, who may do `action`. Everybody else finds nothing there. Refuses as `checkVoice` does. */
export async function lockGroup(
  ctx: Context,
  tx: Transaction,
  {
    personId,
    conversationId,
    epoch = null,
    action,
    takesBack = false,
  }: OfMember & Deed & { action?: Action },
): Promise<LockedGroup> {
  const [conversation] = await lockConversations(tx, [conversationId]);
  const [member, person] = await Promise.all([
    findMember(tx, conversationId, personId),
    findPersonById(tx, personId),
  ]);
  if (conversation?.kind !== "group" || member === null) throw new Refusal("not_found");
  if (!takesBack && person !== null) await checkVoice(ctx, tx, person);
  if (epoch !== null && epoch < conversation.chatEpoch) throw new Refusal("stale_epoch");
  if (action !== undefined) checkMay(conversation, member.role, action);
  return { conversation, member, isKeptHere: isKeptHere(conversation) };
}

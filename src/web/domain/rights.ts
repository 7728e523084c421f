import { type GroupAction, isAbove, isAtLeast, mayDo, type Role } from "#lib/permissions.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Conversation, Message } from "#protocol/types.ts";

/** Whether a conversation has roles and rules: in all others everybody is alike. */
export function isGoverned({ permissions }: Conversation): boolean {
  return permissions !== null;
}

export function roleOf({ members }: Conversation, personId: string): Role | null {
  return members.find(({ person }) => person.id === personId)?.role ?? null;
}

/** What the viewer may do in a group; whoever is not in it may do nothing. */
export interface Rights {
  role: Role | null;
  may: (action: GroupAction) => boolean;
  /** Rules, state, links and bans are for admins. */
  governs: boolean;
  owns: boolean;
  isAbove: (other: Role) => boolean;
}

export function rightsIn({ conversation, membership }: ConversationState, me: string): Rights {
  const role = membership.state === "accepted" ? roleOf(conversation, me) : null;
  const { permissions, state } = conversation;
  const isClosed = state === "closed";
  const acts = role !== null && !isClosed;
  return {
    role,
    may: (action) => acts && !rests(state, action) && mayDo(role, action, permissions),
    governs: acts && isGoverned(conversation) && isAtLeast(role, "admin"),
    owns: acts && isGoverned(conversation) && role === "owner",
    isAbove: (other) => acts && isGoverned(conversation) && isAbove(role, other),
  };
}

/** Whether the viewer may delete a message for everybody: their own, or by their role what others said in a group. */
export function mayDelete(known: ConversationState, { authorId, body }: Message, me: string): boolean {
  return body !== null && (authorId === me || rightsIn(known, me).may("delete"));
}

/** What nobody does in an archived group. */
function rests(state: Conversation["state"], action: GroupAction): boolean {
  return state === "archived" && (action === "write" || action === "invite" || action === "pin");
}

/** Why nothing can be written in a group. */
export type Silence = "left" | "removed" | "banned" | "closed" | "archived" | "notPermitted";

export function silenceIn(known: ConversationState, me: string): Silence | null {
  const { conversation, membership } = known;
  const { state } = membership;
  if (state === "left" || state === "removed" || state === "banned") return state;
  if (conversation.state !== "open") return conversation.state;
  const role = roleOf(conversation, me);
  return role !== null && !mayDo(role, "write", conversation.permissions) ? "notPermitted" : null;
}

import type { ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import type { GroupMember } from "#db/groups.ts";
import type { PersonId } from "#lib/ids.ts";
import { localIds } from "../tell.ts";

/** A locked group while it is changed. */
export interface Group {
  readonly tx: Transaction;
  readonly now: Date;
  /** Its numbers and what it says of itself, moved on by each change. */
  readonly conversation: ConversationRow;
  /** Who is in it now, in the order in which they are shown. */
  members: readonly GroupMember[];
  /** Whoever is concerned without being in it. */
  readonly others: readonly GroupMember["person"][];
}

/** Somebody of a group; null when they are not in it. */
export function memberOf({ members }: Group, personId: PersonId): GroupMember | null {
  return members.find(({ person }) => person.id === personId) ?? null;
}

/** Somebody whom a change of a group concerns. */
export function personOf(group: Group, personId: PersonId): GroupMember["person"] {
  const found = memberOf(group, personId)?.person ?? group.others.find((person) => person.id === personId);
  if (found === undefined) throw new Error(`person ${personId} is gone`);
  return found;
}

/** The people of this server who are in a group. */
export function localsOf({ members }: Group): PersonId[] {
  return localIds(members.map(({ person }) => person));
}

/** The next number of a group, and who of this server is told of what took it. */
export function nextFact(group: Group) {
  group.conversation.revision += 1;
  const { id: conversationId, revision } = group.conversation;
  return { conversationId, revision, to: localsOf(group) };
}

import { findCandidates, type Candidate } from "#db/matching.ts";
import type { Transaction } from "#db/connect.ts";
import type { PersonRow } from "#db/people.ts";
import type { ConversationId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { findOrBegin } from "./conversations.ts";

/** A message of another server, as far as it says where it belongs. */
export interface Unmatched {
  author: PersonRow;
  /** Everybody else whom it is addressed to. */
  others: PersonRow[];
  /** Conversations that it names. */
  named: readonly ConversationId[];
  /** That of the message which it answers. */
  answered: ConversationId | null;
  /** How its author's server calls the conversation, should it be new. */
  room: string | null;
}

/**
 * Which conversation a message belongs to: the one that it names, else the one of what it answers, else the one untitled
 * one of exactly its people. A group counts for its present members alone, an untitled one for exactly its people, or
 * anybody could enter by naming it. Refuses `not_member` to whoever was in the group, and to whom
 * it is addressed to when they were.
 */
export async function matchConversation(
  ctx: Context,
  tx: Transaction,
  message: Unmatched,
): Promise<ConversationId> {
  const { author, others, named, answered, room } = message;
  const people = [author, ...others].map(({ id }) => id);
  const ids = answered === null ? named : [...named, answered];
  const found = await findCandidates(tx, ids, { author: author.id, people });
  const byName = theOnly(found.filter(({ id }) => named.includes(id)));
  const match = byName ?? theOnly(found.filter(({ id }) => id === answered));
  if (match !== null) return match;
  if (found.some(({ isLeft, isForGone }) => isLeft || isForGone)) throw new Refusal("not_member");
  return (await findOrBegin(ctx, tx, { author, others, uri: room })).conversation.id;
}

/** If several fit, none does: a message belongs to one. A group goes before what has no name, whose names anybody may give it. */
function theOnly(candidates: readonly Candidate[]): ConversationId | null {
  const groups = candidates.filter(({ kind, isShared }) => kind === "group" && isShared);
  const fitting = groups.length > 0 ? groups : candidates.filter(({ isExact }) => isExact);
  return fitting.length === 1 ? fitting[0]!.id : null;
}

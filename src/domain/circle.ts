import {
  bumpConversations,
  findMemberships,
  findParticipants,
  lockConversations,
} from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findPredecessors } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { localIds } from "./tell.ts";
import { record } from "./transact.ts";

/** Somebody in a conversation that is locked, and the number under which its people hear of them. */
interface Seen {
  conversationId: ConversationId;
  personId: PersonId;
  revision: number;
  position: number;
  logSeq: number;
  to: PersonId[];
}

/** Locks every conversation in which somebody is seen, also as the one whom others have become. */
export async function lockCircle(tx: Transaction, id: PersonId): Promise<Seen[]> {
  const memberships = await findMemberships(tx, [id, ...(await findPredecessors(tx, id))]);
  if (memberships.length === 0) return [];
  const ids = [...new Set(memberships.map(({ conversationId }) => conversationId))];
  const locked = await lockConversations(tx, ids);
  const numbers = new Map(locked.map((row) => [row.id, row]));
  const people = Map.groupBy(await findParticipants(tx, ids), ({ conversationId }) => conversationId);
  return memberships.map(({ conversationId, personId }) => {
    const row = numbers.get(conversationId)!;
    row.revision += 1;
    // Until something was said, whoever was only addressed knows nothing of the conversation, unless they changed their side of it.
    const knowing = people
      .get(conversationId)!
      .filter(({ state, number }) => state === "accepted" || number > 0 || row.position > 0);
    const to = localIds(knowing.map(({ person }) => person));
    const { revision, position, logSeq } = row;
    return { conversationId, personId, revision, position, logSeq, to };
  });
}

/** Gives the conversations their new numbers and tells their people. */
export async function tellCircle(tx: Transaction, circle: readonly Seen[]): Promise<void> {
  if (circle.length === 0) return;
  const last = new Map(circle.map((seen) => [seen.conversationId, seen]));
  const bumps = [...last.values()].map(({ conversationId: id, ...seen }) => ({
    id,
    activityAt: null,
    ...seen,
  }));
  await bumpConversations(tx, bumps);
  for (const { position: _, logSeq: __, ...seen } of circle) record(tx, "member.changed", seen);
}

import { sql } from "drizzle-orm";
import type { ConversationId, InvitationId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { isBannedIn } from "./former.ts";
import { countsWaiting, isStranger } from "./requests.ts";

/** How somebody stands to a group into which they are to be asked, and to who asks them. */
export interface Invitee {
  personId: PersonId;
  isMember: boolean;
  isBanned: boolean;
  /** Waits for their answer already. */
  openId: InvitationId | null;
  /** They rejected an invitation of the same inviter before. */
  hasRejected: boolean;
  /** Whether who asks them is nobody whom they talk to. */
  isStranger: boolean;
  /** Requests and invitations of strangers that wait for them. */
  waiting: number;
}

/** Where people are asked into, and by whom. */
interface Inviting {
  /** Null for a group of another server that is not known here. */
  conversationId: ConversationId | null;
  inviterId: PersonId;
  /** Who vouches for the inviter, when that is another server. */
  keeperId: PersonId | null;
  /** What other servers call the group. */
  roomUri?: string | null;
}

/** How some people stand to a group and to who asks them into it, in one query for all. */
export async function findInvitees(
  q: Queryable,
  inviting: Inviting,
  people: readonly PersonId[],
): Promise<Invitee[]> {
  if (people.length === 0) return [];
  const { conversationId, inviterId, keeperId, roomUri = null } = inviting;
  const isSame = sql`(o.conversation_id = i.conversation_id or o.room_uri = ${roomUri}::text) and o.person_id = i.person_id`;
  const rows = await q.execute<{
    person_id: PersonId;
    is_member: boolean;
    is_banned: boolean;
    open_id: InvitationId | null;
    has_rejected: boolean;
    is_stranger: boolean;
    waiting: number;
  }>(sql`
    select i.person_id,
      exists (select from member m where m.conversation_id = i.conversation_id and m.person_id = i.person_id)
        as is_member,
      ${isBannedIn(sql`i.conversation_id`, sql`i.person_id`)} as is_banned,
      (select max(o.id::text) from invitation o where ${isSame} and o.state = 'pending') as open_id,
      exists (select from invitation o where ${isSame}
        and o.inviter_id = i.inviter_id and o.state = 'rejected') as has_rejected,
      ${isStranger} as is_stranger,
      ${countsWaiting(sql`i.person_id`)} as waiting
    from (
      select ${conversationId}::uuid as conversation_id, ${inviterId}::uuid as inviter_id,
        ${keeperId}::uuid as keeper_id, unnest(${sql.param([...people])}::uuid[]) as person_id) i`);
  return rows.map((row) => ({
    personId: row.person_id,
    isMember: row.is_member,
    isBanned: row.is_banned,
    openId: row.open_id,
    hasRejected: row.has_rejected,
    isStranger: row.is_stranger,
    waiting: row.waiting,
  }));
}

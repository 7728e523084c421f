import type { ConversationRow } from "#db/conversations.ts";
import type { GroupMember } from "#db/groups.ts";
import type { MessageRow } from "#db/messages.ts";
import type { NoticeType } from "#lib/notice.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { dispatch } from "../dispatch.ts";
import { spareServers } from "../tell.ts";
import type { Group } from "./group.ts";

/** What matters to whoever only exchanges messages: with whom, and under which name. */
const told: ReadonlySet<NoticeType> = new Set(["joined", "left", "removed", "banned", "moved", "title"]);

/**
 * Tells members at servers that know no groups what changed in one that is kept here, as a message of its own that begins a
 * new thread there, in the caller's transaction. Lanes are locked before people.
 */
export async function tellLegacy(
  ctx: Context,
  { tx, conversation, members, others }: Group,
  notices: readonly MessageRow[],
): Promise<void> {
  const legacy = members.map(({ person }) => person).filter(isLegacy);
  const lines = notices.filter(({ notice }) => notice !== null && told.has(notice.type));
  if (legacy.length === 0 || lines.length === 0) return;
  const doers = [...members.map(({ person }) => person), ...others];
  const dispatches = lines.map((message) => {
    const { id: messageId, version, authorId } = message;
    const doer = doers.find(({ id }) => id === authorId);
    const actorId = doer?.host === null ? doer.id : speakerOf(conversation, members);
    const people = members.map(({ person }) => person.id).filter((id) => id !== actorId);
    return {
      ...{ type: "Create" as const, actorId, conversationId: conversation.id, messageId, version },
      streamId: conversation.id,
      inReplyTo: null,
      audience: people.filter((id) => !message.withheldFrom.includes(id)),
      recipients: legacy.filter(({ id }) => !message.withheldFrom.includes(id)),
      shownOn: null,
    };
  });
  const ids = await dispatch(ctx, tx, dispatches);
  const people = members.map(({ person }) => person);
  const posts = ids.flatMap((id, index) => (id === null ? [] : [{ id, message: lines[index]!, people }]));
  await spareServers(tx, posts);
}

function isLegacy({ host, signals }: GroupMember["person"]): boolean {
  return host !== null && signals === null;
}

/** Who says here what somebody elsewhere did: the owner, else an admin, else the server itself. */
function speakerOf({ keeperId }: ConversationRow, members: readonly GroupMember[]): PersonId {
  const ours = members.filter(({ person }) => person.host === null);
  const speaker =
    ours.find(({ member }) => member.role === "owner") ?? ours.find(({ member }) => member.role === "admin");
  return speaker?.person.id ?? keeperId!;
}

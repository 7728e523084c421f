import type { ConversationState } from "./state.ts";
import type { Membership, Message } from "./types.ts";

/** How a message changes what is unread, and what is put away. */

/** The viewer's side after somebody said something. */
export function afterMessage(membership: Membership, message: Message, me: string): Membership {
  const { readPosition, unread, unreadMentions, markedUnread } = membership;
  const next = { ...membership, archivedAt: stillArchived(membership, message) };
  // Whoever writes has read what stands above.
  if (message.authorId === me) {
    const read = Math.max(readPosition, message.position);
    return { ...next, readPosition: read, unread: 0, unreadMentions: 0, markedUnread: false };
  }
  if (message.position <= readPosition) return { ...next, markedUnread };
  return {
    ...next,
    unread: unread + 1,
    unreadMentions: unreadMentions + (message.mentions.includes(me) ? 1 : 0),
  };
}

/** A message that comes brings a conversation back, unless it is muted then. */
function stillArchived({ archivedAt, mute }: Membership, { receivedAt }: Message): string | null {
  if (archivedAt === null || (mute !== null && mute.until === null)) return archivedAt;
  const until = mute?.until ?? archivedAt;
  return receivedAt <= (until > archivedAt ? until : archivedAt) ? archivedAt : null;
}

/**
 * How many more unread messages name the viewer once this one is as it is now; null when what it was before is not
 * known any more.
 */
export function mentionsMore(known: ConversationState, message: Message, me: string): number | null {
  const { membership, window } = known;
  if (message.authorId === me || message.position <= membership.readPosition) return 0;
  const names = message.mentions.includes(me);
  if (!names && membership.unreadMentions === 0) return 0;
  const last = membership.lastMessage?.id === message.id ? membership.lastMessage : undefined;
  const before = window?.messages.find(({ id }) => id === message.id) ?? last;
  return before === undefined ? null : Number(names) - Number(before.mentions.includes(me));
}

import { findMessagesByIds, findVersion, type MessageRow } from "#db/messages.ts";
import { findPeopleByIds } from "#db/people.ts";
import { findLogEntry } from "#db/rooms.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { PersonRow } from "../people.ts";
import { findSevered } from "../relations/severed.ts";
import type { Insider, Room } from "./room.ts";

/** What somebody of another server said in a group that is kept here, as it was said first. */
export interface Copy {
  message: MessageRow;
  author: PersonRow;
  audience: PersonRow[];
  body: { text: string; html: string | null };
  inReplyTo: Pick<MessageRow, "id" | "uri"> | null;
}

/**
 * Loads what a number in the log of a group stands for, if that is a message of another server which one of the readers was
 * told of and may see; refuses `not_found` everything else. What was said by people of this server is to be had at its own
 * address.
 */
export async function readCopy(
  ctx: Context,
  { room, readers, seq }: { room: Room; readers: readonly Insider[]; seq: number },
): Promise<Copy> {
  const entry = await findLogEntry(ctx.db, room.id, seq);
  const [message] = entry?.messageId == null ? [] : await findMessagesByIds(ctx.db, [entry.messageId]);
  if (entry === null || message === undefined || !isStanding(ctx, message, seq))
    throw new Refusal("not_found");
  const audience = message.audience ?? [];
  const [people, version, [parent], severed] = await Promise.all([
    findPeopleByIds(ctx.db, [message.authorId, ...audience]),
    findVersion(ctx.db, message.id, 1),
    findMessagesByIds(ctx.db, message.inReplyTo === null ? [] : [message.inReplyTo]),
    findSevered(
      ctx.db,
      message.authorId,
      readers.map(({ person }) => person.id),
    ),
  ]);
  const isTheirs = ({ person: { id }, joinedRevision }: Insider): boolean =>
    joinedRevision <= entry.revision &&
    audience.includes(id) &&
    !message.withheldFrom.includes(id) &&
    !severed.has(id);
  const author = people.find(({ id }) => id === message.authorId);
  if (author === undefined || version?.text == null || !readers.some(isTheirs))
    throw new Refusal("not_found");
  return {
    message,
    author,
    audience: people.filter(({ id }) => audience.includes(id)),
    body: { text: version.text, html: version.html },
    inReplyTo: parent ?? null,
  };
}

/** Whether a message came into being under that number, from another server, and still is what people say. */
function isStanding(ctx: Context, message: MessageRow, seq: number): boolean {
  const { uri, notice, deletedAt, expiresAt } = message;
  const isOver = deletedAt !== null || (expiresAt !== null && expiresAt <= ctx.now());
  return message.seq === seq && uri !== null && notice === null && !isOver;
}

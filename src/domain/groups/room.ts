import { findMembers } from "#db/conversations.ts";
import { findLogPage, findRoom, type RoomRow } from "#db/rooms.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { readLogged } from "../outgoing/describe.ts";
import type { Logged } from "../outgoing/types.ts";
import type { PersonRow } from "../people.ts";

export type Room = RoomRow;

/** Somebody who is in a group. */
export interface Insider {
  person: PersonRow;
  role: Role;
  joinedRevision: number;
}

/** A number of a group's log with what it stands for. */
export interface LogItem {
  seq: number;
  epoch: number;
  logged: Logged;
}

/** Most numbers of a log that are told at once. */
const PAGE = 50;

/** Loads a group that this server keeps, with who is in it now. Whoever shows it must first hold them against the asker. */
export async function readHostedRoom(
  ctx: Context,
  id: ConversationId,
): Promise<{ room: Room; insiders: Insider[] }> {
  const [room, members] = await Promise.all([findRoom(ctx.db, id), findMembers(ctx.db, [id])]);
  if (room === null || room.keeper.host !== null) throw new Refusal("not_found");
  const insiders = members.map(({ member: { role, joinedRevision }, person }) => {
    return { person, role, joinedRevision };
  });
  return { room, insiders };
}

/** The next numbers of a group's log after one, as far as they came when the readers were in it already. */
export async function readLogPage(
  ctx: Context,
  input: { room: Room; readers: readonly Insider[]; after: number },
): Promise<LogItem[]> {
  const { room, readers, after } = input;
  const since = Math.min(...readers.map(({ joinedRevision }) => joinedRevision));
  const seqs = await findLogPage(ctx.db, { conversationId: room.id, after, since, limit: PAGE });
  return await Promise.all(seqs.map((seq) => readLogged(ctx, room.id, seq)));
}

import { and, asc, eq, gt, gte } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ActivityId, ConversationId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { conversation, picture } from "./schema/conversations.ts";
import { logEntry } from "./schema/groups.ts";
import { activity } from "./schema/federation.ts";
import { person } from "./schema/people.ts";

const keeper = alias(person, "keeper");

const room = {
  id: conversation.id,
  uri: conversation.uri,
  title: conversation.title,
  description: conversation.description,
  permissions: conversation.permissions,
  history: conversation.history,
  state: conversation.state,
  chatEpoch: conversation.chatEpoch,
  logSeq: conversation.logSeq,
  expireAfter: conversation.expireAfter,
  keeper,
  picture: { id: picture.id, url: picture.url },
};

/** A group that somebody keeps, as other servers are told of it. */
export async function findRoom(q: Queryable, id: ConversationId) {
  const rows = await q
    .select(room)
    .from(conversation)
    .innerJoin(keeper, eq(keeper.id, conversation.keeperId))
    .leftJoin(picture, eq(picture.id, conversation.pictureId))
    .where(and(eq(conversation.id, id), eq(conversation.kind, "group")));
  return rows[0] ?? null;
}

export type RoomRow = NonNullable<Awaited<ReturnType<typeof findRoom>>>;

/** One number of a group's log. */
export async function findLogEntry(q: Queryable, conversationId: ConversationId, seq: number) {
  const rows = await q
    .select()
    .from(logEntry)
    .where(and(eq(logEntry.conversationId, conversationId), eq(logEntry.seq, seq)));
  return rows[0] ?? null;
}

/** The bytes of an activity as it was sent, to those who have what it answers or to the others; null while there are none. */
export async function findActivityBody(
  q: Queryable,
  id: ActivityId,
  { lacksParent }: { lacksParent: boolean } = { lacksParent: false },
): Promise<string | null> {
  const body = lacksParent ? activity.quotedBody : activity.body;
  const rows = await q.select({ body }).from(activity).where(eq(activity.id, id));
  return rows[0]?.body ?? null;
}

/** A picture as other servers are told of it. */
export async function findPictureRef(q: Queryable, id: NonNullable<RoomRow["picture"]>["id"]) {
  const rows = await q.select({ id: picture.id, url: picture.url }).from(picture).where(eq(picture.id, id));
  return rows[0] ?? null;
}

/** The next numbers of a log, as far as they are not older than a number of the group. */
export async function findLogPage(
  q: Queryable,
  page: { conversationId: ConversationId; after: number; since: number; limit: number },
): Promise<number[]> {
  const rows = await q
    .select({ seq: logEntry.seq })
    .from(logEntry)
    .where(
      and(
        eq(logEntry.conversationId, page.conversationId),
        gt(logEntry.seq, page.after),
        gte(logEntry.revision, page.since),
      ),
    )
    .orderBy(asc(logEntry.seq))
    .limit(page.limit);
  return rows.map(({ seq }) => seq);
}

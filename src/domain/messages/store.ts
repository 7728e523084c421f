import { bumpConversations, insertAliases } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { lockLanes } from "#db/lanes.ts";
import { insertKeys, insertMessages, type MessageRow, type NewMessage } from "#db/messages.ts";
import { trustPeers } from "#db/peers.ts";
import { lockPeople } from "#db/people.ts";
import { raiseMarks, type Reading } from "#db/receipts.ts";
import type { MessageId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { openForAuthor } from "../conversations.ts";
import { hostsOf } from "../dispatch.ts";
import { follow } from "../groups/log.ts";
import { sendReads, tellReceipts } from "../receipts.ts";
import { tell } from "../tell.ts";
import type { PostMessage } from "./post.ts";
import { digestOf, keyOf, memberName, type Scene } from "./scene.ts";

/** A message that is new, with its numbers. */
export interface Fresh {
  input: PostMessage;
  row: NewMessage;
}

/** Writes messages that have their numbers, and all that follows from them in their transaction. */
export async function store(
  ctx: Context,
  tx: Transaction,
  batch: { scene: Scene; fresh: Fresh[] },
): Promise<Map<MessageId, MessageRow>> {
  const { scene, fresh } = batch;
  if (fresh.length === 0) return new Map();
  // The last message of each conversation: clients take its arrival for the conversation's last activity.
  const lasts = new Map(fresh.map(({ row }) => [row.conversationId, row.receivedAt]));
  const bumps = [...lasts].map(([id, activityAt]) => ({ ...scene.conversations.get(id)!, activityAt }));
  const keys = fresh.flatMap(({ input, row }) => {
    const key = keyOf(input);
    return key === null ? [] : [{ ...key, digest: digestOf(input), messageId: row.id, createdAt: ctx.now() }];
  });
  const aliases = fresh.flatMap(({ input, row: { conversationId: id } }) =>
    (input.remote?.aliases ?? []).map((uri) => ({ id, uri })),
  );
  const [rows, risen] = await Promise.all([
    insertMessages(
      tx,
      fresh.map(({ row }) => row),
    ),
    raiseMarks(tx, lastOwn(fresh), { accepts: true }),
    bumpConversations(tx, bumps),
    insertKeys(tx, keys),
    insertAliases(tx, aliases),
  ]);
  await ctx.failpoint("after-insert");
  // Whoever holds the lanes of several conversations locked them in one order, and so must this.
  if (lasts.size > 1)
    await lockLanes(
      tx,
      [...lasts.keys()].filter((id) => hostsOf(scene.people.get(id)!).length > 0),
    );
  const leaving = await sendReads(ctx, tx, { risen, people: scene.people });
  await lockPeople(tx, numbered(scene, fresh));
  await tell(
    ctx,
    tx,
    rows.map((message) => ({ type: "Create", message, people: scene.people.get(message.conversationId)! })),
  );
  await followWithin(ctx, tx, { ...scene, rows });
  await tellReceipts(tx, { risen, leaving, ...scene });
  for (const { input } of fresh) {
    if (input.remote === undefined && scene.hesitant.has(memberName(input.conversationId, input.authorId)))
      await openForAuthor(tx, input.conversationId, input.authorId);
  }
  const reached = new Set(
    fresh.flatMap(({ input }) => (input.remote ? [] : hostsOf(scene.people.get(input.conversationId)!))),
  );
  await trustPeers(tx, [...reached], ctx.now());
  return new Map(rows.map((row) => [row.id, row]));
}

/** Writes what was said in groups that are kept here into their logs. */
async function followWithin(
  ctx: Context,
  tx: Transaction,
  { conversations, people, rows }: Pick<Scene, "conversations" | "people"> & { rows: readonly MessageRow[] },
) {
  const entries = rows.flatMap((message) =>
    message.seq === null ? [] : [{ seq: message.seq, deed: "Create" as const, message }],
  );
  for (const [id, logged] of Map.groupBy(entries, ({ message }) => message.conversationId))
    await follow(ctx, tx, { conversation: conversations.get(id)!, people: people.get(id)!, entries: logged });
}

/** Whose own numbers a batch takes, where they are several: in one order, before the first is taken. */
function numbered({ people, hesitant }: Scene, fresh: readonly Fresh[]) {
  const own = fresh.filter(({ input: { remote, conversationId, authorId } }) => {
    const isAbroad = hostsOf(people.get(conversationId)!).length > 0;
    return remote === undefined && (isAbroad || hesitant.has(memberName(conversationId, authorId)));
  });
  const ids = [...new Set(own.map(({ row }) => row.authorId))];
  return ids.length > 1 ? ids : [];
}

/** The last message of each author here in each conversation: everything up to it they have read. */
function lastOwn(fresh: readonly Fresh[]): Reading[] {
  const own = fresh.filter(({ input }) => input.remote === undefined);
  const last = new Map(own.map(({ row }) => [memberName(row.conversationId, row.authorId), row]));
  return [...last.values()].map(({ conversationId, authorId, position }) => {
    return { conversationId, personId: authorId, position };
  });
}

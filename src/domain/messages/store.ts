import { insertAliases } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { lockLanes } from "#db/lanes.ts";
import type { MessageRow } from "#db/messages.ts";
import { trustPeers } from "#db/peers.ts";
import { lockPeople } from "#db/people.ts";
import { insertPosts, rowOf, type NewMessage } from "#db/posts.ts";
import type { Risen } from "#db/receipts.ts";
import type { MessageId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { openForAuthor } from "../conversations.ts";
import { hostsOf } from "../dispatch.ts";
import { follow } from "../groups/log.ts";
import { numberReceipts, sendReads, tellReceipts } from "../receipts.ts";
import { tell } from "../tell.ts";
import { finishWith } from "../transact.ts";
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
  const keys = fresh.flatMap(({ input, row }) => {
    const key = keyOf(input);
    return key === null ? [] : [{ ...key, digest: digestOf(input), messageId: row.id, createdAt: ctx.now() }];
  });
  const aliases = fresh.flatMap(({ input, row: { conversationId: id } }) =>
    (input.remote?.aliases ?? []).map((uri) => ({ id, uri })),
  );
  const risen = risenBy(scene, fresh);
  const numbered = numberReceipts(scene, risen);
  const written = insertPosts(tx, {
    messages: fresh.map(({ row }) => row),
    keys,
    marks: risen,
    bumps: [...lasts].map(([id, activityAt]) => ({ ...scene.conversations.get(id)!, activityAt })),
  });
  const rows = fresh.map(({ row }) => rowOf(row));
  const isAlone = !fresh.some(({ row }) => isFollowed(scene, row));
  if (isAlone) finishWith(tx, written);
  else await Promise.all([written, insertAliases(tx, aliases)]);
  await ctx.failpoint("after-insert", () => written);
  // Whoever holds the lanes of several conversations locked them in one order, and so must this.
  const abroad = [...lasts.keys()].filter((id) => hostsOf(scene.people.get(id)!).length > 0);
  if (abroad.length > 1) await lockLanes(tx, abroad);
  const leaving = await sendReads(ctx, tx, { risen, people: scene.people });
  await lockPeople(tx, takers(scene, fresh));
  await tell(
    ctx,
    tx,
    rows.map((message) => ({ type: "Create", message, people: scene.people.get(message.conversationId)! })),
  );
  await followWithin(ctx, tx, { ...scene, rows });
  tellReceipts(tx, numbered, { leaving, people: scene.people });
  await open(ctx, tx, batch);
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

/** Accepts for those who write what they had not accepted, and trusts the servers that they write to. */
async function open(ctx: Context, tx: Transaction, { scene, fresh }: { scene: Scene; fresh: Fresh[] }) {
  const own = fresh.flatMap(({ input }) => (input.remote === undefined ? input : []));
  for (const { conversationId, authorId } of own) {
    if (scene.hesitant.has(memberName(conversationId, authorId)))
      await openForAuthor(tx, conversationId, authorId);
  }
  const reached = own.flatMap(({ conversationId }) => hostsOf(scene.people.get(conversationId)!));
  await trustPeers(tx, [...new Set(reached)], ctx.now());
}

/** Whose own numbers a batch takes, where they are several: in one order, before the first is taken. */
function takers(scene: Scene, fresh: readonly Fresh[]) {
  const own = fresh.filter(({ input, row }) => input.remote === undefined && isFollowed(scene, row));
  const ids = [...new Set(own.map(({ row }) => row.authorId))];
  return ids.length > 1 ? ids : [];
}

/** Whether something follows from a message in its transaction: then its answer must be waited for. */
function isFollowed({ people, hesitant }: Scene, { conversationId, authorId, seq }: NewMessage): boolean {
  const isAbroad = hostsOf(people.get(conversationId)!).length > 0;
  return isAbroad || seq !== null || hesitant.has(memberName(conversationId, authorId));
}

/** How the marks of the authors here rise: everything up to their last message they have read. */
function risenBy({ sights }: Scene, fresh: readonly Fresh[]): Risen[] {
  const own = fresh.filter(({ input }) => input.remote === undefined);
  const last = new Map(own.map(({ row }) => [memberName(row.conversationId, row.authorId), row]));
  return [...last].map(([name, { conversationId, authorId: personId, position }]) => {
    const { shares, passes } = sights.get(name)!;
    const passesNew = fresh.some(
      ({ row }) =>
        row.conversationId === conversationId && row.authorId !== personId && row.position < position,
    );
    return { conversationId, personId, position, read: true, shown: shares && (passes || passesNew) };
  });
}

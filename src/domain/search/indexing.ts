import { setImmediate } from "node:timers/promises";
import { inTransaction } from "#db/connect.ts";
import {
  clearIndex,
  findNewWords,
  findUnindexed,
  insertEntries,
  lockIndex,
  type NewEntry,
  noteProgress,
  type UnindexedRow,
} from "#db/search-index.ts";
import { authorMark, conversationMark, linkMark, timeMarks, vectorOf } from "#db/search-marks.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { wordsOf } from "#lib/words.ts";
import type { Context } from "../context.ts";

/** Conversations, and messages of each, that one transaction indexes at most. */
const CONVERSATIONS = 16;
const MESSAGES = 200;
/** Conversations that are looked up at once. */
const SWEEP = 1_000;
/** Characters whose words are sought before others have their turn: a few milliseconds. */
const TURN = 20_000;

const link = /https?:\/\/[^\s/]/i;

/** Conversations whose newest words cannot be found yet, the most recent first; the first thousand of them. */
export async function listUnindexed(ctx: Context): Promise<{ ids: ConversationId[]; isAll: boolean }> {
  const ids = await findUnindexed(ctx.db, SWEEP);
  return { ids, isAll: ids.length < SWEEP };
}

/**
 * Makes the newest words of some conversations findable, and answers with which it is not done. What is new is told by each
 * conversation's own numbers, which have no gaps: whatever happened in between, and however this ends, nothing is passed over.
 * Null when another process is at it.
 */
export async function indexConversations(
  ctx: Context,
  ids: readonly ConversationId[],
): Promise<ConversationId[] | null> {
  const [now, later] = [ids.slice(0, CONVERSATIONS), ids.slice(CONVERSATIONS)];
  if (now.length === 0) return [];
  return await inTransaction(ctx.db, async (tx) => {
    if (!(await lockIndex(tx))) return null;
    const rows = await findNewWords(tx, now, MESSAGES);
    const written = await insertEntries(tx, await readWords(rows));
    await ctx.failpoint("in-job");
    const reached = new Map<ConversationId, number>();
    const open: ConversationId[] = [];
    for (const [id, own] of Map.groupBy(rows, ({ conversationId }) => conversationId)) {
      const { through, isDone } = reach(own, written);
      reached.set(id, through);
      if (!isDone) open.push(id);
    }
    await noteProgress(tx, reached);
    return [...later, ...open];
  });
}

/** Forgets the whole index; it is filled anew by and by. */
export async function rebuildIndex(ctx: Context): Promise<void> {
  await clearIndex(ctx.db);
}

/** Up to which number a conversation is indexed now, and whether that is all of it. */
function reach(rows: readonly UnindexedRow[], written: ReadonlySet<MessageId>) {
  const messages = rows.flatMap(({ message }) => message ?? []);
  const missing = messages.find(({ id }) => !written.has(id));
  if (missing !== undefined) return { through: missing.revision - 1, isDone: false };
  const isDone = messages.length < MESSAGES;
  return { through: isDone ? rows[0]!.revision : messages.at(-1)!.revision, isDone };
}

async function readWords(rows: readonly UnindexedRow[]): Promise<NewEntry[]> {
  const entries: NewEntry[] = [];
  let turn = 0;
  for (const { conversationId, message } of rows) {
    if (message === null) continue;
    const { id, version, text, authorId, receivedAt } = message;
    const marks = [conversationMark(conversationId), authorMark(authorId), ...timeMarks(receivedAt)];
    if (link.test(text)) marks.push(linkMark);
    const words = Iterator.from(wordsOf(text)).map(({ word }) => word);
    entries.push({ id, version, words: vectorOf(words, marks) });
    turn += text.length;
    if (turn > TURN) {
      turn = 0;
      await setImmediate();
    }
  }
  return entries;
}

import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import { findSlice, type ShownMessage } from "#db/sight.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { loadSide, loadView, type View } from "./read.ts";
import { snapshot } from "./snapshot.ts";

/** Messages that are read at a time, however long a conversation is. */
const PAGE = 500;

/** A run of messages, oldest first, with those who wrote them. */
export interface ExportedPage {
  messages: ShownMessage[];
  authors: PersonRow[];
}

interface OfReader {
  personId: PersonId;
  conversationId: ConversationId;
}

/** All that somebody may read of a conversation as its head and its pages; refuses `not_found`. */
export async function exportConversation(
  ctx: Context,
  input: OfReader,
): Promise<{ view: View; pages: AsyncGenerator<ExportedPage, void> }> {
  const view = await snapshot(ctx, (tx) => loadView(tx, input));
  return { view, pages: readPages(ctx, input) };
}

/** Whether they may is asked for each page anew: who is taken out meanwhile gets no more. */
async function* readPages(ctx: Context, input: OfReader): AsyncGenerator<ExportedPage, void> {
  let after = 0;
  for (;;) {
    const page = await snapshot(ctx, async (tx) => {
      const { member } = await loadSide(tx, input);
      const messages = await findSlice(tx, { ...member, ...input }, { after, limit: PAGE });
      const authors = await findPeopleByIds(tx, [...new Set(messages.map(({ authorId }) => authorId))]);
      return { messages, authors };
    });
    if (page.messages.length > 0) yield page;
    if (page.messages.length < PAGE) return;
    after = page.messages.at(-1)!.position;
  }
}

import { indexConversations, listUnindexed } from "#domain/search/indexing.ts";
import { searchMessages, type SearchMessages } from "#domain/search/search.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { createWorld, type World } from "./world.ts";

/** Indexes all that is there, as the worker does by and by. */
export async function indexAll({ ctx }: Pick<World, "ctx">): Promise<void> {
  for (;;) {
    let { ids }: { ids: readonly ConversationId[] } = await listUnindexed(ctx);
    if (ids.length === 0) return;
    while (ids.length > 0) ids = (await indexConversations(ctx, ids)) ?? ids;
  }
}

/** A world in which somebody looks for what was said. */
export async function createSearchScene() {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  await world.between(bo, ann);
  const usual = { conversationId: null, zone: "UTC", before: null, limit: 50 };
  const search = async (person: { id: PersonId }, q: string, more: Partial<SearchMessages> = {}) => {
    await indexAll(world);
    return await searchMessages(world.ctx, { ...usual, personId: person.id, q, ...more });
  };
  const texts = async (...asked: Parameters<typeof search>) => {
    const { results } = await search(...asked);
    return results.map(({ message }) => message.text);
  };
  return { ...world, ann, bo, eve, conversationId, search, texts };
}

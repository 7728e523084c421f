import { lockConversations } from "#db/conversations.ts";
import { applyDecisions } from "#domain/groups/apply.ts";
import { createGroup } from "#domain/groups/create.ts";
import type { Decision } from "#domain/groups/decision.ts";
import type { PersonRow } from "#domain/people.ts";
import { transact } from "#domain/transact.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { World } from "./world.ts";

/** A group of an owner and of others who came in after. */
export async function groupOf(
  world: Pick<World, "ctx">,
  [owner, ...others]: readonly [PersonRow, ...PersonRow[]],
  facts: { history?: "joined" | "all" } = {},
): Promise<ConversationId> {
  const id = await createGroup(world.ctx, { personId: owner.id, title: "Trip", ...facts });
  await decided(
    world,
    id,
    others.map(({ id: personId }) => ({ type: "join", personId, role: "member", by: owner.id })),
  );
  return id;
}

/** Makes decisions true without asking whether anybody may. */
export async function decided(
  { ctx }: Pick<World, "ctx">,
  id: ConversationId,
  decisions: readonly Decision[],
): Promise<void> {
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [id]);
    await applyDecisions(ctx, tx, { conversation: conversation!, decisions });
  });
}

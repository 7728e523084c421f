import { insertConversation, insertMembers, lockConversations } from "#db/conversations.ts";
import { findActiveLocalById, lockPeople } from "#db/people.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import { usualPermissions } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { instanceActor, type PersonRow } from "../people.ts";
import { checkAllowed } from "../roles.ts";
import { localIds } from "../tell.ts";
import { record, transact } from "../transact.ts";
import { checkVoice } from "../voice.ts";
import { applyDecisions } from "./apply.ts";
import { checkDescription, checkTitle } from "./facts.ts";
import { invitePeople } from "./invite.ts";

export interface CreateGroup {
  personId: PersonId;
  title: string;
  description?: string;
  history?: "joined" | "all";
  /** Who is asked into it. */
  people?: readonly PersonRow[];
}

/**
 * Makes a group, of which one is the owner and at first the only member, and asks others into it; nothing of that where one
 * of them cannot be asked. This server keeps it.
 */
export async function createGroup(ctx: Context, input: CreateGroup): Promise<ConversationId> {
  await checkAllowed(ctx, { personId: input.personId, permission: "groups" });
  const facts = { title: checkTitle(input.title), description: checkDescription(input.description ?? "") };
  const keeper = await instanceActor(ctx);
  return await transact(ctx, async (tx) => {
    const owner = await findActiveLocalById(tx, input.personId);
    if (owner === null) throw new Refusal("not_found");
    await checkVoice(ctx, tx, owner);
    const now = ctx.now();
    const id = newId<"conversation">();
    await insertConversation(tx, {
      ...{ id, ...facts, kind: "group", permissions: usualPermissions, keeperId: keeper.id },
      history: input.history ?? "joined",
      revision: 1,
      createdBy: owner.id,
      createdAt: now,
      activityAt: now,
    });
    const of = { conversationId: id, personId: owner.id, joinedRevision: 1, joinedAt: now, rank: 0 };
    await insertMembers(tx, [{ ...of, role: "owner", state: "accepted" }]);
    record(tx, "conversation.created", { conversationId: id, revision: 1, to: [owner.id] });
    const [conversation] = await lockConversations(tx, [id]);
    // Two who begin groups with each other must not wait for each other.
    await lockPeople(tx, localIds([owner, ...(input.people ?? [])]));
    await applyDecisions(ctx, tx, {
      conversation: conversation!,
      decisions: [{ type: "created", by: owner.id }],
    });
    const { people = [] } = input;
    await invitePeople(ctx, tx, { conversation: conversation!, inviter: owner, people, field: "addresses" });
    return id;
  });
}

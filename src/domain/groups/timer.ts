import { findConversation, findMember, findMembers, lockConversations } from "#db/conversations.ts";
import { findBlocksWithin } from "#db/relations.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { withhold } from "../messages/withhold.ts";
import { applyDecisions } from "./apply.ts";
import { changeGroup, type Outcome } from "./verbs.ts";

export interface SetTimer {
  personId: PersonId;
  conversationId: ConversationId;
  /** What the person knew of a group when they decided; absent for now. */
  epoch?: number | null;
  /** After how many seconds what is said from now on disappears; null for never. */
  seconds: number | null;
}

/** Chooses for a conversation how long what is said in it stays; in a group, whoever may change it. */
export async function setTimer(ctx: Context, input: SetTimer): Promise<Outcome> {
  const { seconds, ...of } = input;
  const conversation = await findConversation(ctx.db, of.conversationId);
  if (conversation?.kind === "group")
    return await changeGroup(ctx, { ...of, change: { expireAfter: seconds } });
  await setTimerOfFew(ctx, input);
  return "done";
}

/**
 * Chooses for a conversation that is no group how long what is said in it stays; any of its people who has accepted it
 * may. It counts at this server: nobody keeps such a conversation for the others. What is so already changes nothing.
 */
async function setTimerOfFew(ctx: Context, { personId, conversationId, seconds }: SetTimer): Promise<void> {
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    const [member, members] = await Promise.all([
      findMember(tx, conversationId, personId),
      findMembers(tx, [conversationId]),
    ]);
    if (conversation?.kind !== "direct" || member === null) throw new Refusal("not_found");
    if (member.state !== "accepted") throw new Refusal("not_accepted");
    const people = members.map(({ person }) => person);
    const isOurs = people.some(({ id, host }) => id === personId && host === null);
    const saying = { authorId: personId, people, ...(isOurs ? {} : { remote: true }) };
    const withheldFrom = withhold(await findBlocksWithin(tx, [conversationId]), saying);
    await applyDecisions(ctx, tx, {
      conversation,
      withheldFrom,
      decisions: [{ type: "facts", by: personId, facts: { expireAfter: seconds } }],
    });
  });
}

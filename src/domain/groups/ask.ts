import type { ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findPeopleByIds } from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import type { Context } from "../context.ts";
import { dispatch } from "../dispatch.ts";
import type { MessageRef } from "../messages/refer.ts";
import type { NamedFacts } from "../outgoing/types.ts";
import { record } from "../transact.ts";

/** What somebody wants done in a group that another server keeps. */
export type Wish =
  | { type: "Leave" }
  | { type: "Invite"; personId: PersonId; inviterId: null }
  | { type: "AddMember"; personId: PersonId; role: Role }
  | { type: "RemoveMember"; personId: PersonId; ban: boolean }
  | { type: "UpdateRoom"; facts: NamedFacts }
  | { type: "DeleteMessage"; message: MessageRef };

/** Asks the server that keeps a locked group to do something; what it decides comes with its log. */
export async function ask(
  ctx: Context,
  tx: Transaction,
  input: { conversation: ConversationRow; by: PersonId; wish: Wish },
): Promise<"asked"> {
  const { conversation, by, wish } = input;
  const { id: conversationId, keeperId, chatEpoch: epoch } = conversation;
  const [keeper] = await findPeopleByIds(tx, keeperId === null ? [] : [keeperId]);
  if (keeper === undefined) throw new Error(`nobody keeps the group ${conversationId}`);
  const { type, ...rest } = wish;
  const { personId: otherId = null, ...said } = "personId" in rest ? rest : { personId: null, ...rest };
  await dispatch(ctx, tx, [
    {
      ...{ type, conversationId, otherId },
      actorId: by,
      streamId: conversationId,
      audience: [keeper.id],
      detail: { ...said, epoch },
      recipients: [keeper],
      shownOn: null,
    },
  ]);
  record(tx, "activities.due", {});
  return "asked";
}

import type { Transaction } from "#db/connect.ts";
import type { ConversationRow } from "#db/conversations.ts";
import type { PersonRow } from "#db/people.ts";
import type { ActivityId, ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { dispatch } from "../dispatch.ts";
import type { ActivityDetails } from "../outgoing/types.ts";
import { record } from "../transact.ts";

type Detailed = "Invite" | "Accept" | "Reject" | "Join";

/** What one says to one other about coming into a group. */
type Said =
  | { [Type in Detailed]: { type: Type; detail: ActivityDetails[Type] } }[Detailed]
  | { type: "Undo"; undoes: ActivityId };

/** Says something to people of other servers, each alone; people of this server are passed over. Lanes are locked before people. */
export async function tellServers(
  ctx: Context,
  tx: Transaction,
  {
    actorId,
    conversationId,
    said,
  }: {
    actorId: PersonId;
    conversationId: ConversationId | null;
    said: readonly (Said & { to: PersonRow; otherId?: PersonId })[];
  },
): Promise<(ActivityId | null)[]> {
  const from = { actorId, conversationId, streamId: conversationId ?? actorId, shownOn: null };
  const ids = await dispatch(
    ctx,
    tx,
    said.map(({ to, ...what }) => ({ ...from, ...what, audience: [to.id], recipients: [to] })),
  );
  if (ids.some((id) => id !== null)) record(tx, "activities.due", {});
  return ids;
}

/** The server that keeps a group answers the `Join` of somebody elsewhere; who lives here hears it otherwise. */
export async function answerWish(
  ctx: Context,
  tx: Transaction,
  wish: { conversation: ConversationRow; person: PersonRow; uri: string | null; answer: "Accept" | "Reject" },
): Promise<void> {
  const { conversation, person, uri, answer } = wish;
  if (uri === null || conversation.keeperId === null) return;
  const said = [{ type: answer, detail: { object: uri }, to: person }];
  await tellServers(ctx, tx, { actorId: conversation.keeperId, conversationId: conversation.id, said });
}

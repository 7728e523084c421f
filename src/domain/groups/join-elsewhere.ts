import type { Transaction } from "#db/connect.ts";
import { findMember } from "#db/conversations.ts";
import { lockUri } from "#db/inbound.ts";
import { findAsking, insertInvitations, stampInvitations } from "#db/invitations.ts";
import { findActiveLocalById, type PersonRow } from "#db/people.ts";
import { findReplicaId } from "#db/replicas.ts";
import { newId, type ActivityId, type ConversationId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { checkStays } from "../voice.ts";
import { endInvitations, tellInvited } from "./invitations.ts";
import { tellServers } from "./tell-server.ts";

/** What a link leads into, as the server says that keeps the group. */
export interface OfferElsewhere {
  /** What lets in whoever says it. */
  code: string;
  roomUri: string;
  keeper: PersonRow;
  title: string;
  members: number;
  approval: boolean;
}

export interface JoinElsewhere {
  personId: PersonId;
  offer: OfferElsewhere;
}

type JoinedElsewhere =
  | { conversationId: ConversationId; state: "joined" }
  | { conversationId: null; state: "asked" };

const asked: JoinedElsewhere = { conversationId: null, state: "asked" };

/**
 * Asks the server that keeps a group to let somebody in who has a link; what it decides comes with its log, and counts
 * because they asked. Who is in already, or asks already, asks nothing.
 */
export async function joinElsewhere(
  ctx: Context,
  { personId, offer }: JoinElsewhere,
): Promise<JoinedElsewhere> {
  const { roomUri, keeper, code } = offer;
  const of = { personId, roomUri, keeperId: keeper.id };
  return await transact(ctx, async (tx) => {
    await lockUri(tx, roomUri);
    const person = await findActiveLocalById(tx, personId);
    if (person === null) throw new Refusal("not_local");
    checkStays(person);
    const conversationId = await findReplicaId(tx, { uri: roomUri, keeperId: keeper.id });
    if (conversationId !== null && (await findMember(tx, conversationId, personId)) !== null)
      return { conversationId, state: "joined" };
    if ((await findAsking(tx, of)) !== null) return asked;
    const said = [{ type: "Join" as const, detail: { object: roomUri, code }, to: keeper }];
    const [activityId] = await tellServers(ctx, tx, { actorId: personId, conversationId: null, said });
    await noteAsking(ctx, tx, { ...of, title: offer.title, activityId: activityId! });
    return asked;
  });
}

interface Asking {
  personId: PersonId;
  roomUri: string;
  keeperId: PersonId;
  title: string;
  activityId: ActivityId;
}

/** Their own sessions see that they wait; what they were refused before is over. */
async function noteAsking(ctx: Context, tx: Transaction, asking: Asking): Promise<void> {
  const { personId, roomUri, keeperId } = asking;
  await endInvitations(ctx, tx, { roomUri, people: [personId], is: "refused", state: "rejected" });
  const id = newId<"invitation">();
  const times = { createdAt: ctx.now(), changedAt: ctx.now() };
  await insertInvitations(tx, [{ ...asking, id, inviterId: keeperId, state: "asked", ...times }]);
  tellInvited(tx, await stampInvitations(tx, [{ id, personId }]));
}

/** An activity that is not delivered any more. */
interface Undelivered {
  authorId: PersonId;
  activityId: ActivityId;
  /** Null when it is no message. */
  messageId: unknown;
}

/**
 * Whoever asks to come in, and whose question was refused or given up on its way, was not let in. Everybody who is told
 * something in this transaction is locked before.
 */
export async function endUnasked(
  ctx: Context,
  tx: Transaction,
  undelivered: readonly Undelivered[],
): Promise<void> {
  const questions = undelivered.filter(({ messageId }) => messageId === null);
  if (questions.length === 0) return;
  await endInvitations(ctx, tx, {
    activityIds: questions.map(({ activityId }) => activityId),
    people: questions.map(({ authorId }) => authorId),
    is: "asked",
    state: "refused",
  });
}

export interface ReceiveJoinAnswer {
  /** Our `Join`. */
  activityId: ActivityId;
  /** Who answers. */
  keeperId: PersonId;
  answer: "accepted" | "refused";
}

/** Notes what a server answers to somebody here who wanted to come in. Refuses anybody's word but that of who was asked. */
export async function receiveJoinAnswer(ctx: Context, input: ReceiveJoinAnswer): Promise<void> {
  const { answer: state, ...of } = input;
  await transact(ctx, async (tx) => {
    const found = await findAsking(tx, of);
    if (found === null) throw new Refusal("not_found");
    await endInvitations(ctx, tx, { ids: [found.id], is: "asked", state });
  });
}

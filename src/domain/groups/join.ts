import {
  findJoinRequest,
  findJoinRequests,
  setJoinRequestState,
  upsertJoinRequest,
  useLink,
  type InviteLinkRow,
} from "#db/invite-links.ts";
import { findTombstone } from "#db/inbound.ts";
import type { Transaction } from "#db/connect.ts";
import { lockConversations, type ConversationRow } from "#db/conversations.ts";
import { insertInvitations, stampInvitations } from "#db/invitations.ts";
import { findPersonById, type PersonRow } from "#db/people.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { transact } from "../transact.ts";
import { checkStays } from "../voice.ts";
import { admit, checkBan } from "./admit.ts";
import { endInvitations, tellInvited } from "./invitations.ts";
import { accessAsInviter } from "./invited.ts";
import { readLink, type ShownJoinRequest } from "./links.ts";
import { lockGroup } from "./permit.ts";
import { answerWish } from "./tell-server.ts";

export interface JoinByLink {
  /** Of this server or another. */
  personId: PersonId;
  code: string;
  /** The `Join` of another server's person, which the answer names. */
  uri?: string;
}

/** What came of a wish to come in. */
export interface Joined {
  conversationId: ConversationId;
  /** `asked`: somebody who may invite must agree first. */
  state: "joined" | "asked";
}

/**
 * Comes into a group by a link, or asks to. Whoever is in already uses up nothing. Refuses a code that leads nowhere like
 * one that never was.
 */
export async function joinByLink(ctx: Context, input: JoinByLink): Promise<Joined> {
  // Only for a code that leads somewhere is anything locked.
  const { conversationId } = (await readLink(ctx, input)).link;
  return await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    const { link, isMember } = await readLink(ctx, input, tx);
    const person = await findPersonById(tx, input.personId);
    if (person === null || conversation === undefined) throw new Refusal("not_found");
    checkStays(person);
    const { uri = null } = input;
    if (uri !== null && (await findTombstone(tx, uri, person.id))) throw new Refusal("not_found");
    const wish = { conversation, person, uri };
    if (link.approval && !isMember) return await ask(ctx, tx, { ...wish, link });
    await answerWish(ctx, tx, { ...wish, answer: "Accept" });
    // What they come in by is what they can take back.
    const came = { conversationId, personId: person.id, linkId: link.id, uri, createdAt: ctx.now() };
    if (uri !== null) await upsertJoinRequest(tx, { ...came, state: "approved" });
    if (isMember) return { conversationId, state: "joined" };
    await useLink(tx, link.id);
    await admit(ctx, tx, { conversation, people: [{ personId: person.id, by: person.id }] });
    return { conversationId, state: "joined" };
  });
}

interface Asking {
  conversation: ConversationRow;
  person: PersonRow;
  uri: string | null;
  link: InviteLinkRow;
}

/** Notes that somebody asks to be let in; their own sessions see that they wait. */
async function ask(
  ctx: Context,
  tx: Transaction,
  { conversation, person, uri, link }: Asking,
): Promise<Joined> {
  const [conversationId, personId] = [conversation.id, person.id];
  await checkBan(tx, conversationId, [personId]);
  const before = await findJoinRequest(tx, { conversationId, personId });
  if (before?.state === "rejected") throw new Refusal("join_rejected");
  const state = "pending" as const;
  const createdAt = ctx.now();
  if (before?.state !== state) {
    await useLink(tx, link.id);
    await upsertJoinRequest(tx, { conversationId, personId, linkId: link.id, uri, state, createdAt });
    if (person.host === null) {
      const row = { id: newId<"invitation">(), conversationId, personId, inviterId: link.createdBy };
      const { title } = conversation;
      await insertInvitations(tx, [{ ...row, state: "asked", title, createdAt, changedAt: createdAt }]);
      tellInvited(tx, await stampInvitations(tx, [row]));
    }
  }
  return { conversationId, state: "asked" };
}

/** Who waits to be let in, oldest first, for those who may invite. */
export async function listJoinRequests(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<ShownJoinRequest[]> {
  return await snapshot(ctx, async (tx) => {
    await accessAsInviter(tx, input);
    return await findJoinRequests(tx, input.conversationId);
  });
}

export interface AnswerJoinRequest {
  /** Who may invite. */
  personId: PersonId;
  conversationId: ConversationId;
  askerId: PersonId;
  answer: "approved" | "rejected";
}

/** Lets somebody in who asked, or does not; who asks hears of it. */
export async function answerJoinRequest(ctx: Context, input: AnswerJoinRequest): Promise<void> {
  const { personId, conversationId, askerId, answer } = input;
  await transact(ctx, async (tx) => {
    const { conversation } = await lockGroup(ctx, tx, { personId, conversationId, action: "invite" });
    const asker = { conversationId, personId: askerId };
    const request = await findJoinRequest(tx, asker);
    const person = await findPersonById(tx, askerId);
    if (person === null || request?.state !== "pending") throw new Refusal("not_found");
    const isApproved = answer === "approved";
    const wish = { conversation, person, uri: request.uri };
    await answerWish(ctx, tx, { ...wish, answer: isApproved ? "Accept" : "Reject" });
    if (isApproved)
      return await admit(ctx, tx, { conversation, people: [{ personId: askerId, by: personId }] });
    await setJoinRequestState(tx, asker, "rejected");
    await endInvitations(ctx, tx, { conversationId, people: [askerId], is: "asked", state: "refused" });
  });
}

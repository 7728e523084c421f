import { z } from "zod";
import { answerInvitation } from "#domain/groups/answer-invitation.ts";
import { checkHosted, checkWish, refuseOutsider } from "#domain/groups/hosted.ts";
import { invitePerson } from "#domain/groups/invite.ts";
import { joinByLink } from "#domain/groups/join.ts";
import { receiveJoinAnswer } from "#domain/groups/join-elsewhere.ts";
import { receiveInvitation, receiveRevocation } from "#domain/groups/receive-invitation.ts";
import { refuseJoin, withdrawJoin } from "#domain/groups/withdraw-join.ts";
import { findPersonByUri } from "#domain/people.ts";
import { Refusal } from "#lib/refusal.ts";
import { personAt } from "../people.ts";
import { checkId, parse, readType } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { readUndo } from "../translate/like-in.ts";
import { readInvite, readWish, type IncomingInvite } from "../translate/room-in.ts";
import { address, reference } from "../translate/values.ts";
import { parseLocalUri } from "../uris.ts";
import { inbound, type Tools } from "./handler.ts";
import { hostedAt } from "./wished-change.ts";

/** Somebody here is asked into a group by the server that keeps it, or a member elsewhere wants somebody asked into one of ours. */
export const invite = inbound({
  read: (unread) => {
    const said = readInvite(unread);
    if (said.told !== null) checkId(unread, said.room);
    return said;
  },
  take: async (tools, { said, actorUri }) => {
    if (said.told === null) await askIn(tools, said, actorUri);
    else await takeInvitation(tools, { ...said, told: said.told }, actorUri);
  },
});

type Told = IncomingInvite & { told: NonNullable<IncomingInvite["told"]> };

async function takeInvitation(tools: Tools, { activityUri, room, targetUri, told }: Told, actorUri: string) {
  const { ctx, actors } = tools;
  const thing = parseLocalUri(ctx.settings.origin, targetUri);
  if (thing?.kind !== "actor") throw new Dropped("unaddressed");
  const keeper = await actors.resolve(actorUri);
  // Servers invite, so that whoever began a group may go.
  if (keeper.kind !== "application") throw new Dropped("not_attributed");
  const inviter = await actors.resolve(told.inviterUri);
  const title = told.room.facts.title ?? "";
  await receiveInvitation(ctx, {
    uri: activityUri,
    keeper,
    inviter,
    personId: thing.id,
    room: { uri: room, title },
  });
}

async function askIn(tools: Tools, { room, targetUri, epoch }: IncomingInvite, actorUri: string) {
  const { ctx } = tools;
  const conversationId = hostedAt(ctx, room);
  const person = await findPersonByUri(ctx, actorUri);
  if (person === null) throw new Dropped("unknown_object");
  await checkHosted(ctx, conversationId);
  const of = { personId: person.id, conversationId };
  await refuseOutsider(ctx, of, async () => {
    await checkWish(ctx, { ...of, epoch, action: "invite" });
    await invitePerson(ctx, { ...of, inviteeId: await personAt(tools, targetUri), epoch });
  });
}

/** Somebody takes up an invitation of ours, or rejects it; or a server lets somebody of ours in who asked, or does not. */
export const answer = inbound({
  read: (unread) => {
    const thing = parseLocalUri(unread.origin, readWish(unread).object);
    if (thing?.kind !== "activity") throw new Dropped("never_asked");
    return { activityId: thing.id, isYes: readType(unread.activity) === "Accept" };
  },
  take: async ({ ctx }, { said: { activityId, isYes }, actorUri }) => {
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("never_asked");
    const invitation = { activityId };
    // Servers are invited nowhere, and keep what people come into.
    if (person.kind === "application")
      return await receiveJoinAnswer(ctx, {
        activityId,
        keeperId: person.id,
        answer: isYes ? "accepted" : "refused",
      });
    await answerInvitation(ctx, {
      personId: person.id,
      invitation,
      answer: isYes ? "accepted" : "rejected",
    });
  },
});

/** Somebody elsewhere has a link into a group of ours. */
export const join = inbound({
  read: (unread) => {
    const { activityUri, code } = readWish(unread);
    if (code === null) throw new Dropped("unsupported");
    return { activityUri, code };
  },
  take: async ({ ctx, actors }, { said: { activityUri, code }, actorUri }) => {
    const { id: personId } = await actors.resolve(actorUri);
    try {
      await joinByLink(ctx, { personId, code, uri: activityUri });
    } catch (error) {
      // Who asked is not left waiting.
      if (error instanceof Refusal) await refuseJoin(ctx, { personId, uri: activityUri, code });
      throw error;
    }
  },
});

/** Somebody elsewhere asks no more to come into a group of ours. */
export const undoJoin = inbound({
  read: ({ activity }) =>
    parse(z.object({ object: z.looseObject({ id: address, object: reference }) }), activity).object,
  take: async ({ ctx }, { said: { id: uri, object: room }, actorUri }) => {
    const conversationId = hostedAt(ctx, room);
    await checkHosted(ctx, conversationId);
    await withdrawJoin(ctx, { actorUri, conversationId, uri });
  },
});

/** The server that keeps a group takes an invitation back. */
export const undoInvite = inbound({
  read: readUndo,
  take: async ({ ctx }, { said: { uri }, actorUri }) => {
    const keeper = await findPersonByUri(ctx, actorUri);
    if (keeper === null) throw new Dropped("unknown_object");
    await receiveRevocation(ctx, { uri, keeperId: keeper.id });
  },
});

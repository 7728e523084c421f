import { Hono } from "hono";
import { z } from "zod";
import { answerInvitation } from "#domain/groups/answer-invitation.ts";
import { invitePerson } from "#domain/groups/invite.ts";
import { loadInvitation } from "#domain/groups/invitations.ts";
import { listInvited, revokeInvitation } from "#domain/groups/invited.ts";
import { readConversation } from "#domain/read.ts";
import { presentView } from "#present/conversations.ts";
import { presentInvitation } from "#present/invitations.ts";
import type { Asked, InvitationList } from "#protocol/api.ts";
import { askedSchema, invitationListSchema } from "#protocol/invite-schemas.ts";
import { invitationSchema, viewSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { limitAsking } from "../limits.ts";
import { addressSchema, describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Groups";
const InviteBody = z.strictObject({ address: addressSchema });
const asked: Asked = { state: "asked" };

/** Invitations, for those who invite. */
export function invitationRoutes({ ctx, resolveAddress }: Services) {
  const place = ctx.settings;
  return new Hono<BearerEnv>()
    .post(
      "/conversations/:id/invitations",
      describe({
        tag,
        summary:
          "Invite somebody into a group. 202: the server that keeps it was asked. People of servers without invitations are in at once",
        answers: { 201: invitationSchema, 202: askedSchema },
      }),
      parse("json", InviteBody),
      limitAsking(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const conversationId = idOf<"conversation">(c.req.param("id"));
        await readConversation(ctx, { personId, conversationId });
        const invitee = await resolveAddress(c.req.valid("json").address);
        const invitationId = await invitePerson(ctx, { personId, conversationId, inviteeId: invitee.id });
        if (invitationId === null) return c.json(asked, 202);
        return c.json(presentInvitation(place, await loadInvitation(ctx, { invitationId })), 201);
      },
    )
    .get(
      "/conversations/:id/invitations",
      describe({
        tag,
        summary: "List who is invited and has not answered, oldest first",
        answers: { 200: invitationListSchema },
      }),
      async (c) => {
        const conversationId = idOf<"conversation">(c.req.param("id"));
        const { personId } = c.var.bearer;
        const invitations = (await listInvited(ctx, { personId, conversationId })).map((shown) =>
          presentInvitation(place, shown),
        );
        return c.json<InvitationList>({ invitations });
      },
    )
    .delete(
      "/invitations/:id",
      describe({ tag, summary: "Take an invitation back", answers: { 204: null } }),
      async (c) => {
        const { personId } = c.var.bearer;
        await revokeInvitation(ctx, { personId, invitationId: idOf<"invitation">(c.req.param("id")) });
        return c.body(null, 204);
      },
    );
}

/** Invitations, for whoever is invited. */
export function answerRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .post(
      "/invitations/:id/accept",
      describe({
        tag,
        summary: "Take up an invitation. 202: the server that keeps the group was told",
        answers: { 200: viewSchema, 202: askedSchema },
      }),
      async (c) => {
        const { personId } = c.var.bearer;
        const invitation = { id: idOf<"invitation">(c.req.param("id")) };
        const { state, conversationId } = await answerInvitation(ctx, {
          personId,
          invitation,
          answer: "accepted",
        });
        if (state === "asked" || conversationId === null) return c.json(asked, 202);
        return c.json(presentView(ctx.settings, await readConversation(ctx, { personId, conversationId })));
      },
    )
    .post(
      "/invitations/:id/reject",
      describe({
        tag,
        summary: "Reject an invitation, or ask no more to be let in",
        answers: { 204: null },
      }),
      async (c) => {
        const { personId } = c.var.bearer;
        const invitation = { id: idOf<"invitation">(c.req.param("id")) };
        await answerInvitation(ctx, { personId, invitation, answer: "rejected" });
        return c.body(null, 204);
      },
    );
}

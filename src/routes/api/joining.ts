import { Hono } from "hono";
import { z } from "zod";
import { answerJoinRequest, joinByLink, listJoinRequests } from "#domain/groups/join.ts";
import { joinElsewhere } from "#domain/groups/join-elsewhere.ts";
import { createLink, listLinks, readLink, revokeLink } from "#domain/groups/links.ts";
import { readConversation } from "#domain/read.ts";
import { parseJoinLink, type JoinLink } from "#lib/join-link.ts";
import { presentView } from "#present/conversations.ts";
import { presentJoinRequest, presentLink, presentOffer, presentPreview } from "#present/invitations.ts";
import type { Asked, InviteLinkList, JoinPreview, JoinRequestList } from "#protocol/api.ts";
import {
  askedSchema,
  inviteLinkListSchema,
  inviteLinkSchema,
  joinPreviewSchema,
  joinRequestListSchema,
} from "#protocol/invite-schemas.ts";
import { viewSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { limitAsking } from "../limits.ts";
import { describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Groups";
const LinkBody = z.strictObject({
  uses: z.int().min(1).max(1_000_000).nullable().default(null),
  expiresAt: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .nullable()
    .default(null),
  approval: z.boolean().default(false),
});

/** Links into a group, for those who may invite. */
export function linkRoutes({ ctx }: Services) {
  const place = ctx.settings;
  return new Hono<BearerEnv>()
    .post(
      "/conversations/:id/links",
      describe({ tag, summary: "Make a link into a group", answers: { 201: inviteLinkSchema } }),
      parse("json", LinkBody),
      async (c) => {
        const { personId } = c.var.bearer;
        const conversationId = idOf<"conversation">(c.req.param("id"));
        const link = await createLink(ctx, { personId, conversationId, ...c.req.valid("json") });
        return c.json(presentLink(place, link), 201);
      },
    )
    .get(
      "/conversations/:id/links",
      describe({
        tag,
        summary: "List a group's links, newest first",
        answers: { 200: inviteLinkListSchema },
      }),
      async (c) => {
        const { personId } = c.var.bearer;
        const links = await listLinks(ctx, { personId, conversationId: idOf(c.req.param("id")) });
        return c.json<InviteLinkList>({ links: links.map((link) => presentLink(place, link)) });
      },
    )
    .delete(
      "/links/:id",
      describe({ tag, summary: "Take a link back", answers: { 204: null } }),
      async (c) => {
        await revokeLink(ctx, {
          personId: c.var.bearer.personId,
          linkId: idOf<"invite-link">(c.req.param("id")),
        });
        return c.body(null, 204);
      },
    );
}

/** Coming into a group by a link. Whoever guesses is slowed down. */
export function joinRoutes({ ctx }: Services) {
  const place = ctx.settings;
  const limit = limitAsking(ctx);
  return new Hono<BearerEnv>()
    .get(
      "/join/:code",
      describe({
        tag,
        summary: "Look at a group before coming in. 404 whether the code is unknown, over or used up",
        answers: { 200: joinPreviewSchema },
      }),
      limit,
      async (c) => {
        const { personId } = c.var.bearer;
        return c.json<JoinPreview>(
          presentPreview(await readLink(ctx, { personId, code: c.req.param("code") })),
        );
      },
    )
    .post(
      "/join/:code",
      describe({
        tag,
        summary: "Come into a group by a link. 202: somebody there must agree first",
        answers: { 200: viewSchema, 202: askedSchema },
      }),
      limit,
      async (c) => {
        const { personId } = c.var.bearer;
        const { conversationId, state } = await joinByLink(ctx, { personId, code: c.req.param("code") });
        if (state === "asked") return c.json<Asked>({ state }, 202);
        return c.json(presentView(place, await readConversation(ctx, { personId, conversationId })));
      },
    );
}

const PastedLink = z.strictObject({
  url: z
    .string()
    .max(2000)
    .transform((text, context) => {
      const link = parseJoinLink(text);
      if (link === null) context.addIssue({ code: "custom", message: "This is no link into a group." });
      return link ?? z.NEVER;
    }),
});

/** The same by a whole link, of whichever server. Its code is in the body, for addresses get into logs. */
export function pastedLinkRoutes({ ctx, lookAtLink }: Services) {
  const place = ctx.settings;
  const limit = limitAsking(ctx);
  const isOurs = ({ origin }: JoinLink): boolean => new URL(origin).host === place.host;
  return new Hono<BearerEnv>()
    .post(
      "/join/look",
      describe({
        tag,
        summary: "Look at the group that a link leads into, also of another server, before coming in",
        answers: { 200: joinPreviewSchema },
      }),
      parse("json", PastedLink),
      limit,
      async (c) => {
        const { url: link } = c.req.valid("json");
        const { personId } = c.var.bearer;
        return c.json<JoinPreview>(
          isOurs(link)
            ? presentPreview(await readLink(ctx, { personId, code: link.code }))
            : presentOffer(await lookAtLink(link)),
        );
      },
    )
    .post(
      "/join",
      describe({
        tag,
        summary:
          "Come into a group by a link, also of another server. 202: somebody there, or that server, was asked",
        answers: { 200: viewSchema, 202: askedSchema },
      }),
      parse("json", PastedLink),
      limit,
      async (c) => {
        const { url: link } = c.req.valid("json");
        const { personId } = c.var.bearer;
        const { conversationId, state } = isOurs(link)
          ? await joinByLink(ctx, { personId, code: link.code })
          : await joinElsewhere(ctx, { personId, offer: await lookAtLink(link) });
        if (state === "asked") return c.json<Asked>({ state }, 202);
        return c.json(presentView(place, await readConversation(ctx, { personId, conversationId })));
      },
    );
}

/** People who ask to be let in, for those who may invite. */
export function joinRequestRoutes({ ctx }: Services) {
  const answers = { approve: "approved", reject: "rejected" } as const;
  const routes = new Hono<BearerEnv>().get(
    "/conversations/:id/join-requests",
    describe({
      tag,
      summary: "List who asks to be let into a group, oldest first",
      answers: { 200: joinRequestListSchema },
    }),
    async (c) => {
      const { personId } = c.var.bearer;
      const rows = await listJoinRequests(ctx, { personId, conversationId: idOf(c.req.param("id")) });
      return c.json<JoinRequestList>({ requests: rows.map((row) => presentJoinRequest(ctx.settings, row)) });
    },
  );
  for (const verb of ["approve", "reject"] as const) {
    const summary = verb === "approve" ? "Let somebody in who asks" : "Do not let somebody in who asks";
    routes.post(
      `/conversations/:id/join-requests/:personId/${verb}`,
      describe({ tag, summary, answers: { 204: null } }),
      async (c) => {
        await answerJoinRequest(ctx, {
          personId: c.var.bearer.personId,
          conversationId: idOf<"conversation">(c.req.param("id") ?? ""),
          askerId: idOf<"person">(c.req.param("personId") ?? ""),
          answer: answers[verb],
        });
        return c.body(null, 204);
      },
    );
  }
  return routes;
}

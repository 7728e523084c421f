import { Hono } from "hono";
import { z } from "zod";
import { answerRequest } from "#domain/conversations.ts";
import { changeMembership, markRead, readAll } from "#domain/membership.ts";
import { readConversation } from "#domain/read.ts";
import type { FolderId } from "#lib/ids.ts";
import { presentMembership } from "#present/conversations.ts";
import { membershipSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { describe, idOf, momentSchema, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Conversations";
const ReadBody = z.strictObject({ position: z.int().nonnegative() });
const choice = z.boolean().nullable().exactOptional();
const flag = z.boolean().exactOptional();
const MembershipBody = z.strictObject({
  sharing: z.strictObject({ receipts: choice, typing: choice, presence: choice }).exactOptional(),
  pinned: flag,
  archived: flag,
  mute: z
    .strictObject({ mode: z.enum(["all", "mentions"]), until: momentSchema.nullable() })
    .nullable()
    .exactOptional(),
  markedUnread: flag,
  folderIds: z
    .array(z.uuid().transform((text) => text as FolderId))
    .max(50)
    .exactOptional(),
});

/** What a member changes about their own side, and what they read. */
export function membershipRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .post(
      "/me/read-all",
      describe({ tag, summary: "Read all accepted conversations to their ends", answers: { 204: null } }),
      async (c) => {
        await readAll(ctx, c.var.bearer.personId);
        return c.body(null, 204);
      },
    )
    .patch(
      "/conversations/:id/membership",
      describe({
        tag,
        summary:
          "Choose for one conversation: pin, put away, mute, mark, file, share; what is left out stays",
        answers: { 200: membershipSchema },
      }),
      parse("json", MembershipBody),
      async (c) => {
        const input = { ...c.var.bearer, conversationId: idOf<"conversation">(c.req.param("id")) };
        await changeMembership(ctx, { ...input, change: c.req.valid("json") });
        return c.json(presentMembership(await readConversation(ctx, input)));
      },
    )
    .post(
      "/conversations/:id/read",
      describe({
        tag,
        summary: "Mark everything up to a position as read",
        answers: { 200: membershipSchema },
      }),
      parse("json", ReadBody),
      async (c) => {
        const input = { ...c.var.bearer, conversationId: idOf<"conversation">(c.req.param("id")) };
        await markRead(ctx, { ...input, position: c.req.valid("json").position });
        return c.json(presentMembership(await readConversation(ctx, input)));
      },
    );
}

/** Whether somebody takes a request. */
export function requestRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .post(
      "/conversations/:id/accept",
      describe({
        tag,
        summary: "Take a request into one's conversations",
        answers: { 200: membershipSchema },
      }),
      async (c) => {
        const input = { ...c.var.bearer, conversationId: idOf<"conversation">(c.req.param("id")) };
        await answerRequest(ctx, { ...input, answer: "accepted" });
        return c.json(presentMembership(await readConversation(ctx, input)));
      },
    )
    .post(
      "/conversations/:id/decline",
      describe({
        tag,
        summary: "Decline a request; its sender learns nothing",
        answers: { 200: membershipSchema },
      }),
      async (c) => {
        const input = { ...c.var.bearer, conversationId: idOf<"conversation">(c.req.param("id")) };
        await answerRequest(ctx, { ...input, answer: "declined" });
        return c.json(presentMembership(await readConversation(ctx, input)));
      },
    );
}

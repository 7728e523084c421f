import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import { listCustomEmoji } from "#domain/custom-emoji.ts";
import { saveMessage, unsaveMessage } from "#domain/messages/keep.ts";
import { pinMessage, unpinMessage } from "#domain/messages/pin.ts";
import { addReaction, removeReaction } from "#domain/messages/react.ts";
import { listPins, listSaved, readHistory } from "#domain/shelf.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { presentCustomEmoji, presentMessage, presentVersion } from "#present/messages.ts";
import type { CustomEmojiList, MessageHistory, PinPage, SavedPage, Sent } from "#protocol/api.ts";
import {
  customEmojiListSchema,
  messageHistorySchema,
  pinPageSchema,
  savedPageSchema,
  sentSchema,
} from "#protocol/message-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { cursorSchema, describe, idOf, limitSchema, parse, writeCursor } from "../parse.ts";
import type { Services } from "../services.ts";
import { sent } from "./messages.ts";

type Act = (ctx: Context, input: { personId: PersonId; messageId: MessageId }) => Promise<void>;

const acts = [
  ["put", "pin", pinMessage, "Pin a message for everybody in its conversation"],
  ["delete", "pin", unpinMessage, "Take a pin away"],
  ["put", "saved", saveMessage, "Save a message for oneself"],
  ["delete", "saved", unsaveMessage, "Let go of a saved message"],
] as const satisfies readonly (readonly ["put" | "delete", string, Act, string])[];

const reactions = [
  ["put", addReaction, "React to a message with an emoji, or with `:name:` of a custom one"],
  ["delete", removeReaction, "Take one's reaction away"],
] as const;

/** What is done to messages beside saying them: reactions, pins, saving. Each may be done twice. */
export function actRoutes({ ctx }: Services) {
  const tag = "Messages";
  const answers = { 200: sentSchema };
  const app = new Hono<BearerEnv>();
  for (const [method, what, act, summary] of acts) {
    app[method](`/messages/:id/${what}`, describe({ tag, summary, answers }), async (c) => {
      const { personId } = c.var.bearer;
      const messageId = idOf<"message">(c.req.param("id"));
      await act(ctx, { personId, messageId });
      return c.json<Sent>(await sent(ctx, personId, messageId));
    });
  }
  for (const [method, react, summary] of reactions) {
    app[method]("/messages/:id/reactions/:emoji", describe({ tag, summary, answers }), async (c) => {
      const { personId } = c.var.bearer;
      const messageId = idOf<"message">(c.req.param("id"));
      await react(ctx, { personId, messageId, emoji: c.req.param("emoji") });
      return c.json<Sent>(await sent(ctx, personId, messageId));
    });
  }
  return app;
}

const SavedQuery = z.strictObject({ before: cursorSchema.optional(), limit: limitSchema });

/** What was pinned, what is saved, and what a message said before. */
export function shelfRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .get(
      "/conversations/:id/pins",
      describe({
        tag: "Conversations",
        summary: "The pinned messages, newest pin first",
        answers: { 200: pinPageSchema },
      }),
      async (c) => {
        const conversationId = idOf<"conversation">(c.req.param("id"));
        const messages = await listPins(ctx, { ...c.var.bearer, conversationId });
        return c.json<PinPage>({ messages: messages.map(presentMessage) });
      },
    )
    .get(
      "/custom-emoji",
      describe({
        tag: "Messages",
        summary: "This server's own emoji",
        answers: { 200: customEmojiListSchema },
      }),
      async (c) => c.json<CustomEmojiList>({ emoji: (await listCustomEmoji(ctx)).map(presentCustomEmoji) }),
    )
    .get(
      "/me/saved",
      describe({
        tag: "Me",
        summary: "The messages that one keeps, newest first",
        answers: { 200: savedPageSchema },
      }),
      parse("query", SavedQuery),
      async (c) => {
        const { before, limit } = c.req.valid("query");
        const { personId } = c.var.bearer;
        const cursor = before === undefined ? null : { savedAt: before.at, id: before.id as MessageId };
        const { saved, next } = await listSaved(ctx, { personId, before: cursor, limit });
        return c.json<SavedPage>({
          saved: saved.map(({ savedAt, message }) => {
            return { savedAt: savedAt.toISOString(), message: presentMessage(message) };
          }),
          next: next && writeCursor({ at: next.savedAt, id: next.id }),
        });
      },
    )
    .get(
      "/messages/:id/history",
      describe({
        tag: "Messages",
        summary: "A message's newest hundred texts, oldest first; of a deleted one nothing is left",
        answers: { 200: messageHistorySchema },
      }),
      async (c) => {
        const { personId } = c.var.bearer;
        const messageId = idOf<"message">(c.req.param("id"));
        const versions = await readHistory(ctx, { personId, messageId });
        return c.json<MessageHistory>({ versions: versions.map(presentVersion) });
      },
    );
}

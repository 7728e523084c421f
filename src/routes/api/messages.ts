import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import { cancelDeliveries, retryDeliveries } from "#domain/deliveries.ts";
import { deleteMessage, editMessage, hideMessage } from "#domain/messages/change.ts";
import { forwardMessage } from "#domain/messages/forward.ts";
import { postMessage } from "#domain/messages/post.ts";
import { readChain } from "#domain/chain.ts";
import { listMessages, type ListMessages, readMessage } from "#domain/read.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { presentDeliveries, presentDelivery, presentMessage } from "#present/messages.ts";
import type { Asked, MessageChain, MessagePage, Sent } from "#protocol/api.ts";
import { askedSchema } from "#protocol/schemas.ts";
import { messageChainSchema, messagePageSchema, sentSchema } from "#protocol/message-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { InvalidInput } from "../errors.ts";
import { limitAsking, limitSending } from "../limits.ts";
import { counterSchema, describe, idOf, limitSchema, momentSchema, parse, printable } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Messages";
const text = z.string().max(100_000);
const HistoryQuery = z.strictObject({
  before: counterSchema.optional(),
  after: counterSchema.optional(),
  around: counterSchema.optional(),
  date: momentSchema.optional(),
  limit: limitSchema,
});
type Sides = Omit<z.output<typeof HistoryQuery>, "limit">;
const PostBody = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(100)
    .refine(...printable),
  text: text.optional(),
  inReplyTo: z.uuid().nullable().optional(),
  /** A message that one may see, whose words are passed on instead of a text. */
  forward: z.uuid().optional(),
});
const EditBody = z.strictObject({ text });
const DeleteQuery = z.strictObject({ for: z.enum(["everyone", "me"]).default("everyone") });

/** The messages of a conversation: history by pages, send. */
export function messageRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .get(
      "/conversations/:id/messages",
      describe({
        tag,
        summary:
          "A page of history, ascending: before or after a position, around it, around the first message that came " +
          "at or after `date`, else the newest",
        answers: { 200: messagePageSchema },
      }),
      parse("query", HistoryQuery),
      async (c) => {
        const { limit, ...sides } = c.req.valid("query");
        const conversationId = idOf<"conversation">(c.req.param("id"));
        const list = await listMessages(ctx, { ...c.var.bearer, conversationId, at: sideOf(sides), limit });
        const { messages, deliveries, saved, hasBefore, hasAfter } = list;
        return c.json<MessagePage>({
          messages: messages.map(presentMessage),
          deliveries: presentDeliveries(deliveries),
          saved,
          hasBefore,
          hasAfter,
        });
      },
    )
    .post(
      "/conversations/:id/messages",
      describe({
        tag,
        summary:
          "Send a message, or pass one on; the same key and body again answer 200 with the same message",
        answers: { 200: sentSchema, 201: sentSchema },
      }),
      parse("json", PostBody),
      limitSending(ctx),
      async (c) => {
        const { key, text, inReplyTo, forward } = c.req.valid("json");
        const { personId, client } = c.var.bearer;
        if ((text === undefined) === (forward === undefined))
          throw new InvalidInput("text", "Either text or forward is expected.");
        const post = {
          conversationId: idOf<"conversation">(c.req.param("id")),
          authorId: personId,
          inReplyTo: inReplyTo ? idOf<"message">(inReplyTo) : null,
          idempotency: { client, key },
        };
        const { repeated, message, deliveries } =
          forward === undefined
            ? await postMessage(ctx, { ...post, text: text ?? "" })
            : await forwardMessage(ctx, { ...post, messageId: idOf<"message">(forward) });
        // Something may have been done meanwhile to what was sent before.
        if (repeated) return c.json<Sent>(await sent(ctx, personId, message.id), 200);
        return c.json<Sent>(presentSent({ message: { ...message, reactions: [] }, deliveries }), 201);
      },
    );
}

/** One message: read, edit, delete. */
export function oneMessageRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .get(
      "/messages/:id",
      describe({ tag, summary: "Read one message", answers: { 200: sentSchema } }),
      async (c) => {
        return c.json<Sent>(await sent(ctx, c.var.bearer.personId, idOf<"message">(c.req.param("id"))));
      },
    )
    .get(
      "/messages/:id/chain",
      describe({
        tag,
        summary: "The chain of replies that a message belongs to, from its root, 500 at most",
        answers: { 200: messageChainSchema },
      }),
      async (c) => {
        const messageId = idOf<"message">(c.req.param("id"));
        const { root, messages } = await readChain(ctx, { ...c.var.bearer, messageId });
        return c.json<MessageChain>({ root, messages: messages.map(presentMessage) });
      },
    )
    .patch(
      "/messages/:id",
      describe({ tag, summary: "Edit one's message", answers: { 200: sentSchema } }),
      parse("json", EditBody),
      async (c) => {
        const { personId } = c.var.bearer;
        const messageId = idOf<"message">(c.req.param("id"));
        await editMessage(ctx, { personId, messageId, text: c.req.valid("json").text });
        return c.json<Sent>(await sent(ctx, personId, messageId));
      },
    )
    .delete(
      "/messages/:id",
      describe({
        tag,
        summary:
          "Delete a message for everyone (one's own, or in groups whose role allows it), or any for oneself",
        answers: { 200: sentSchema, 202: askedSchema, 204: null },
      }),
      parse("query", DeleteQuery),
      async (c) => {
        const { personId } = c.var.bearer;
        const messageId = idOf<"message">(c.req.param("id"));
        if (c.req.valid("query").for === "me") {
          await hideMessage(ctx, { personId, messageId });
          return c.body(null, 204);
        }
        const { deletedAt } = await deleteMessage(ctx, { personId, messageId });
        if (deletedAt === null) return c.json<Asked>({ state: "asked" }, 202);
        return c.json<Sent>(await sent(ctx, personId, messageId));
      },
    );
}

/** How one's message is delivered to other servers: try again, or not any more. */
export function deliveryRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .post(
      "/messages/:id/deliveries/retry",
      describe({
        tag,
        summary: "Deliver one's message now: what waits, and again what was refused or given up",
        answers: { 200: sentSchema },
      }),
      limitAsking(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const messageId = idOf<"message">(c.req.param("id"));
        await retryDeliveries(ctx, { personId, messageId });
        return c.json<Sent>(await sent(ctx, personId, messageId));
      },
    )
    .post(
      "/messages/:id/deliveries/cancel",
      describe({
        tag,
        summary: "Stop delivering one's message where it still waits",
        answers: { 200: sentSchema },
      }),
      async (c) => {
        const { personId } = c.var.bearer;
        const messageId = idOf<"message">(c.req.param("id"));
        await cancelDeliveries(ctx, { personId, messageId });
        return c.json<Sent>(await sent(ctx, personId, messageId));
      },
    );
}

/** A message as it is now, with how other servers took it. */
export async function sent(ctx: Context, personId: PersonId, messageId: MessageId) {
  return presentSent(await readMessage(ctx, { personId, messageId }));
}

function presentSent({ message, deliveries }: Awaited<ReturnType<typeof readMessage>>): Sent {
  return { message: presentMessage(message), deliveries: deliveries.map(presentDelivery) };
}

function sideOf(sides: Sides): ListMessages["at"] {
  const { before, after, around, date } = sides;
  const given = Object.entries(sides).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw new InvalidInput(given[1]![0], "Only one of before, after, around and date can be given.");
  if (before !== undefined) return { before };
  if (after !== undefined) return { after };
  if (date !== undefined) return { date };
  return around === undefined ? null : { around };
}

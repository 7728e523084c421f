import { z } from "zod";
import type * as api from "./api.ts";
import { count, date, deliverySchema, id, messageSchema, textBodySchema } from "./schemas.ts";

/** Schemas of what is answered about messages. */

export const messagePageSchema = z
  .object({
    messages: z.array(messageSchema),
    deliveries: z.record(z.string(), z.array(deliverySchema)),
    saved: z.array(id),
    hasBefore: z.boolean(),
    hasAfter: z.boolean(),
  })
  .meta({ id: "MessagePage" }) satisfies z.ZodType<api.MessagePage>;

export const customEmojiListSchema = z
  .object({ emoji: z.array(z.object({ shortcode: z.string(), url: z.string() })) })
  .meta({ id: "CustomEmojiList" }) satisfies z.ZodType<api.CustomEmojiList>;

export const pinPageSchema = z
  .object({ messages: z.array(messageSchema) })
  .meta({ id: "PinPage" }) satisfies z.ZodType<api.PinPage>;

export const savedPageSchema = z
  .object({
    saved: z.array(z.object({ savedAt: date, message: messageSchema })),
    next: z.string().nullable(),
  })
  .meta({ id: "SavedPage" }) satisfies z.ZodType<api.SavedPage>;

export const messageHistorySchema = z
  .object({ versions: z.array(z.object({ version: count, body: textBodySchema, at: date })) })
  .meta({ id: "MessageHistory" }) satisfies z.ZodType<api.MessageHistory>;

export const messageChainSchema = z
  .object({ root: id, messages: z.array(messageSchema) })
  .meta({ id: "MessageChain" }) satisfies z.ZodType<api.MessageChain>;

export const searchPageSchema = z
  .object({
    results: z.array(
      z.object({ message: messageSchema, highlights: z.array(z.object({ start: count, end: count })) }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: "SearchPage" }) satisfies z.ZodType<api.SearchPage>;

export const sentSchema = z
  .object({ message: messageSchema, deliveries: z.array(deliverySchema) })
  .meta({ id: "Sent" }) satisfies z.ZodType<api.Sent>;

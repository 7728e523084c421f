import { Hono } from "hono";
import { z } from "zod";
import { QUERY_UNITS } from "#domain/search/query.ts";
import { searchMessages } from "#domain/search/search.ts";
import type { MessageId } from "#lib/ids.ts";
import { presentMessage } from "#present/messages.ts";
import type { SearchPage } from "#protocol/api.ts";
import { searchPageSchema } from "#protocol/message-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { cursorSchema, describe, idOf, limitSchema, parse, writeCursor } from "../parse.ts";
import type { Services } from "../services.ts";

const SearchQuery = z.strictObject({
  q: z.string().max(QUERY_UNITS),
  conversation: z.string().optional(),
  tz: z.string().max(100).refine(isZone, "A time zone is expected, such as Europe/Paris.").default("UTC"),
  before: cursorSchema.optional(),
  limit: limitSchema,
});

/** Finding messages by what they say. */
export function searchRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>().get(
    "/search",
    describe({
      tag: "Messages",
      summary:
        'Find messages of one\'s own conversations, newest first: words (the last may be unfinished), "words side by side", ' +
        "-word, from:me, from:HANDLE, in:TITLE, has:link, before:DATE, after:DATE (days in the time zone `tz`)",
      answers: { 200: searchPageSchema },
    }),
    parse("query", SearchQuery),
    async (c) => {
      const { q, conversation, tz, before, limit } = c.req.valid("query");
      const { results, next } = await searchMessages(ctx, {
        personId: c.var.bearer.personId,
        q,
        conversationId: conversation === undefined ? null : idOf<"conversation">(conversation),
        zone: tz,
        before: before === undefined ? null : { receivedAt: before.at, id: before.id as MessageId },
        limit,
      });
      return c.json<SearchPage>({
        results: results.map(({ message, matches }) => {
          return { message: presentMessage(message), highlights: matches };
        }),
        next: next && writeCursor({ at: next.receivedAt, id: next.id }),
      });
    },
  );
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

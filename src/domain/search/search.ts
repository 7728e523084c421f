import { findSeenAmong } from "#db/chains.ts";
import type { Transaction } from "#db/connect.ts";
import { findAuthors, findHits, findPlaces, type Hit } from "#db/search.ts";
import type { ShownMessage } from "#db/sight.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { findMatches, type Match } from "./matches.ts";
import { type Query, readQuery } from "./query.ts";
import { cutTime } from "./windows.ts";

export interface SearchMessages {
  personId: PersonId;
  q: string;
  /** Only in this one. */
  conversationId: ConversationId | null;
  /** The time zone of dates without one (IANA). */
  zone: string;
  /** The last result of the page before. */
  before: Hit | null;
  limit: number;
}

export interface SearchResult {
  message: ShownMessage;
  /** Where in its text stands what was looked for. */
  matches: Match[];
}

/**
 * Finds messages of somebody's own conversations, newest first: those that they may see, in conversations that they accepted or
 * were in. Refuses `query_invalid` for a query that asks nothing, `not_found` for a conversation that is not theirs.
 */
export async function searchMessages(
  ctx: Context,
  input: SearchMessages,
): Promise<{ results: SearchResult[]; next: Hit | null }> {
  const query = readQuery(input.q, input.zone);
  return await snapshot(ctx, async (tx) => {
    const { personId, limit } = input;
    const windows = await lookWhere(ctx, tx, { ...input, query });
    const hits = await findHits(tx, personId, { windows, before: input.before, limit: limit + 1 });
    const shown = hits.slice(0, limit);
    const messages = await findSeenAmong(
      tx,
      personId,
      shown.map(({ id }) => id),
    );
    const results = shown.flatMap(({ id }) => {
      const message = messages.find((one) => one.id === id);
      return message === undefined
        ? []
        : [{ message, matches: findMatches(message.text ?? "", query.terms) }];
    });
    return { results, next: hits.length > limit ? shown.at(-1)! : null };
  });
}

type Where = Pick<SearchMessages, "personId" | "conversationId" | "before"> & { query: Query };

async function lookWhere(ctx: Context, tx: Transaction, { personId, conversationId, before, query }: Where) {
  const { host } = ctx.settings;
  const places = await findPlaces(tx, personId, { id: conversationId, names: query.in, host });
  if (conversationId !== null && query.in.length === 0 && places.length === 0) throw new Refusal("not_found");
  const authors = query.from.length === 0 ? null : await findPeople(ctx, tx, { personId, names: query.from });
  if (places.length === 0 || authors?.length === 0 || query.hasFile) return [];
  const times = [query.before, before?.receivedAt, new Date(Math.max(...places.map(timeOf)))];
  const newest = times.reduce((one, other) => (one && (!other || one < other) ? one : other));
  return cutTime({ query, places: places.map(({ id }) => id), authors, newest: newest! });
}

function timeOf({ activityAt }: { activityAt: Date }): number {
  return activityAt.getTime();
}

async function findPeople(
  { settings: { host } }: Context,
  tx: Transaction,
  { personId, names }: { personId: PersonId; names: readonly string[] },
): Promise<PersonId[]> {
  const addresses = names.map((name) => name.toLowerCase().replace(/^@/, ""));
  const others = await findAuthors(tx, personId, { names: addresses, host });
  return addresses.includes("me") ? [personId, ...others] : others;
}

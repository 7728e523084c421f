import { Hono } from "hono";
import { z } from "zod";
import { startConversation } from "#domain/conversations.ts";
import { createGroup } from "#domain/groups/create.ts";
import {
  type ListPlace,
  listConversations,
  readChanges,
  readConversation,
  readConversations,
} from "#domain/read.ts";
import type { PersonRow } from "#domain/people.ts";
import type { Context } from "#domain/context.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { presentCaughtUp } from "#present/changes.ts";
import { presentView } from "#present/conversations.ts";
import type { ConversationChangePage, ConversationPage } from "#protocol/api.ts";
import { conversationChangePageSchema } from "#protocol/change-schemas.ts";
import { conversationPageSchema, viewSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { limitAsking } from "../limits.ts";
import {
  counterSchema,
  cursorSchema,
  describe,
  idOf,
  limitSchema,
  parse,
  printable,
  addressSchema,
  writeCursor,
} from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Conversations";
/** A place in the list that `writePlace` wrote. */
const placeSchema = z
  .string()
  .regex(/^[pr]\./, "This cursor was not made by this server.")
  .transform((text) => ({ isPinned: text.startsWith("p"), cursor: text.slice(2) }))
  .pipe(z.object({ isPinned: z.boolean(), cursor: cursorSchema }))
  .transform(({ isPinned, cursor: { at, id } }): ListPlace => {
    return { isPinned, activityAt: at, id: id as ConversationId };
  });

function writePlace({ isPinned, activityAt, id }: ListPlace): string {
  return `${isPinned ? "p" : "r"}.${writeCursor({ at: activityAt, id })}`;
}

/** How many conversations are read at once by their ids. */
const NAMED_AT_ONCE = 100;
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const ListQuery = z.strictObject({
  state: z.enum(["accepted", "request", "left"]).default("accepted"),
  archived: flag.optional(),
  unread: flag.optional(),
  folder: z.uuid().optional(),
  q: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(...printable)
    .optional(),
  ids: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.uuid()).max(NAMED_AT_ONCE))
    .optional(),
  before: placeSchema.optional(),
  limit: limitSchema,
});
/** How many people a group begins with; for each, another server may be asked. */
const ASKED_AT_ONCE = 100;
const StartBody = z
  .strictObject({
    address: addressSchema.exactOptional(),
    title: z.string().exactOptional(),
    addresses: z.array(addressSchema).max(ASKED_AT_ONCE).exactOptional(),
    description: z.string().exactOptional(),
    history: z.enum(["joined", "all"]).exactOptional(),
  })
  .refine(({ address, title }) => (address === undefined) !== (title === undefined), {
    path: ["address"],
    message: "Either the address of a person is expected, or the title of a group.",
  })
  .refine(({ addresses, title }) => addresses === undefined || title !== undefined, {
    path: ["addresses"],
    message: "Only a group begins with several people.",
  });
const ChangesQuery = z.strictObject({ after: counterSchema, limit: limitSchema });

/** Conversations as their members see them: list, begin. */
export function conversationRoutes({ ctx, resolveAddress }: Services) {
  const place = ctx.settings;
  return new Hono<BearerEnv>()
    .get(
      "/conversations",
      describe({
        tag,
        summary:
          "List conversations: pinned ones first, then newest activity first; " +
          "or read those of `ids` (with commas between, 100 at most) that are one's own, in whatever state",
        answers: { 200: conversationPageSchema },
      }),
      parse("query", ListQuery),
      async (c) => {
        const { views, next } = await readPage(ctx, c.var.bearer.personId, c.req.valid("query"));
        const conversations = views.map((view) => presentView(place, view));
        return c.json<ConversationPage>({
          conversations,
          next: next && writePlace(next),
        });
      },
    )
    .post(
      "/conversations",
      describe({
        tag,
        summary: "Begin a conversation with somebody, or find it; or make a group and ask people into it",
        answers: { 200: viewSchema, 201: viewSchema },
      }),
      parse("json", StartBody),
      limitAsking(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const { address = "", addresses = [], title, ...group } = c.req.valid("json");
        const people = await resolveAll(resolveAddress, addresses);
        const { id, created } =
          title === undefined
            ? await startConversation(ctx, { personId, withId: (await resolveAddress(address)).id })
            : { id: await createGroup(ctx, { personId, title, ...group, people }), created: true };
        const view = await readConversation(ctx, { personId, conversationId: id });
        return c.json(presentView(place, view), created ? 201 : 200);
      },
    );
}

/** What a query asks for: those that it names, or a page of the list. */
async function readPage(ctx: Context, personId: PersonId, query: z.output<typeof ListQuery>) {
  const { state, archived, unread, folder, q, ids, before, limit } = query;
  if (ids !== undefined) {
    return {
      views: await readConversations(ctx, { personId, ids: ids.map(idOf<"conversation">) }),
      next: null,
    };
  }
  return await listConversations(ctx, {
    personId,
    state,
    archived: archived ?? null,
    isUnread: unread ?? false,
    folderId: folder === undefined ? null : idOf<"folder">(folder),
    name: q ?? null,
    before: before ?? null,
    limit,
  });
}

/** Whom several addresses name; what is wrong with one of them is said of all. */
async function resolveAll(
  resolve: Services["resolveAddress"],
  addresses: readonly string[],
): Promise<PersonRow[]> {
  return await Promise.all(addresses.map(resolve)).catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal(error.code, { field: "addresses" }) : error;
  });
}

/** One conversation: its summary, and what changed in it. */
export function oneConversationRoutes({ ctx }: Services) {
  const place = ctx.settings;
  return new Hono<BearerEnv>()
    .get(
      "/conversations/:id",
      describe({ tag, summary: "Read a conversation's summary", answers: { 200: viewSchema } }),
      async (c) => {
        const view = await readConversation(ctx, {
          ...c.var.bearer,
          conversationId: idOf(c.req.param("id")),
        });
        return c.json(presentView(place, view));
      },
    )
    .get(
      "/conversations/:id/changes",
      describe({
        tag,
        summary: "Catch up: what changed after a revision, each message once in its latest shape",
        answers: { 200: conversationChangePageSchema },
      }),
      parse("query", ChangesQuery),
      async (c) => {
        const input = {
          ...c.var.bearer,
          ...c.req.valid("query"),
          conversationId: idOf<"conversation">(c.req.param("id")),
        };
        const { messages, through, more, view } = await readChanges(ctx, input);
        const changes = messages.map(presentCaughtUp);
        return c.json<ConversationChangePage>({
          changes,
          through,
          more,
          view: view && presentView(place, view),
        });
      },
    );
}

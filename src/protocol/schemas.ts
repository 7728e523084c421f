import { z } from "zod";
import { deliveryReasons } from "#lib/delivery-reason.ts";
import { reachReasons } from "#lib/reach-reason.ts";
import type * as api from "./api.ts";
import type { Change, ChangeName, ChangeOf } from "./changes.ts";
import type * as types from "./types.ts";

/** Schemas of what travels, for the API's description and for checking what comes in. Types and schemas must agree. */

const id = z.uuid();
const date = z.iso.datetime();
const count = z.int().nonnegative();

export const personSchema = z
  .object({
    id,
    kind: z.enum(["person", "service"]),
    state: z.enum(["active", "deleted"]),
    handle: z.string(),
    host: z.string().nullable(),
    address: z.string(),
    formerly: z.string().nullable(),
    movedTo: z.string().nullable(),
    name: z.string(),
    profileUrl: z.string(),
  })
  .meta({ id: "Person" }) satisfies z.ZodType<types.Person>;

const textBodySchema = z.object({ text: z.string(), html: z.string().exactOptional() });

const bodySchema = z.union([
  textBodySchema,
  z.object({ opaque: z.base64(), mediaType: z.string() }),
]) satisfies z.ZodType<types.MessageBody>;

const reactionSchema = z
  .object({ emoji: z.string(), url: z.string().nullable(), personIds: z.array(id) })
  .meta({ id: "Reaction" }) satisfies z.ZodType<types.Reaction>;

export const messageSchema = z
  .object({
    id,
    conversationId: id,
    authorId: id,
    position: count,
    revision: count,
    sentAt: date,
    receivedAt: date,
    editedAt: date.nullable(),
    deletedAt: date.nullable(),
    expiresAt: date.nullable(),
    expired: z.boolean(),
    body: bodySchema.nullable(),
    inReplyTo: id.nullable(),
    mentions: z.array(id),
    forwarded: z.boolean(),
    pinned: z.object({ by: id, at: date }).nullable(),
    reactions: z.array(reactionSchema),
    key: z.string().nullable(),
  })
  .meta({ id: "Message" }) satisfies z.ZodType<types.Message>;

const conversationSchema = z
  .object({
    id,
    kind: z.enum(["direct", "group"]),
    title: z.string().nullable(),
    members: z.array(z.object({ person: personSchema, role: z.enum(["owner", "admin", "member"]) })),
    revision: count,
    lastPosition: count,
    createdAt: date,
  })
  .meta({ id: "Conversation" }) satisfies z.ZodType<types.Conversation>;

const choice = z.boolean().nullable();
export const sharingSchema = z.object({
  receipts: choice,
  typing: choice,
  presence: choice,
}) satisfies z.ZodType<types.Sharing>;

export const statusSchema = z.object({
  text: z.string(),
  until: date.nullable(),
}) satisfies z.ZodType<types.Status>;

export const preferencesSchema = z
  .object({
    receipts: z.boolean(),
    typing: z.boolean(),
    presence: z.boolean(),
    invisible: z.boolean(),
    status: statusSchema.nullable(),
  })
  .meta({ id: "Preferences" }) satisfies z.ZodType<types.Preferences>;

export const membershipSchema = z
  .object({
    conversationId: id,
    number: count,
    state: z.enum(["accepted", "request", "declined", "left", "removed", "banned"]),
    readPosition: count,
    unread: count,
    receipts: z.record(z.string(), count),
    sharing: sharingSchema,
    lastMessage: messageSchema.nullable(),
    activityAt: date,
  })
  .meta({ id: "Membership" }) satisfies z.ZodType<types.Membership>;

function listed(words: Readonly<Record<string, string>>): string {
  return Object.entries(words)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join("\n");
}

const deliverySchema = z
  .object({
    personId: id,
    host: z.string(),
    state: z.enum(["waiting", "accepted", "refused", "gave-up"]),
    reason: z
      .string()
      .nullable()
      .describe(listed({ http_NNN: "The status that their server answered.", ...deliveryReasons })),
    at: date,
  })
  .meta({ id: "Delivery" }) satisfies z.ZodType<types.Delivery>;

export const relationSchema = z
  .object({
    personId: id,
    block: z.enum(["open", "silent"]).nullable(),
    muted: z.boolean(),
    mutedUntil: date.nullable(),
  })
  .meta({ id: "Relation" }) satisfies z.ZodType<types.Relation>;

type ChangeSchemas = { readonly [Name in ChangeName]: z.ZodType<ChangeOf<Name>> };
const numbered = { conversationId: id, revision: count };
const about = <Name extends string>(type: Name) =>
  z.object({ type: z.literal(type), ...numbered, message: messageSchema });

const changeSchemas = {
  "conversation.created": z.object({
    type: z.literal("conversation.created"),
    ...numbered,
    conversation: conversationSchema,
    membership: membershipSchema,
  }),
  "message.posted": about("message.posted"),
  "message.edited": about("message.edited"),
  "message.deleted": about("message.deleted"),
  "receipt.changed": z.object({
    type: z.literal("receipt.changed"),
    ...numbered,
    personId: id,
    position: count,
  }),
  "member.changed": z.object({ type: z.literal("member.changed"), ...numbered, person: personSchema }),
  "message.reacted": about("message.reacted"),
  "message.pinned": about("message.pinned"),
  skip: z.object({ type: z.literal("skip"), ...numbered }),
  "message.hidden": z.object({
    type: z.literal("message.hidden"),
    ...numbered,
    number: count,
    messageId: id,
    membership: membershipSchema,
  }),
  "message.saved": z.object({
    type: z.literal("message.saved"),
    number: count,
    conversationId: id,
    messageId: id,
    savedAt: date.nullable(),
  }),
  "membership.changed": z.object({
    type: z.literal("membership.changed"),
    number: count,
    revision: count,
    membership: membershipSchema,
  }),
  "relation.changed": z.object({
    type: z.literal("relation.changed"),
    number: count,
    relation: relationSchema,
  }),
  "preferences.changed": z.object({
    type: z.literal("preferences.changed"),
    number: count,
    preferences: preferencesSchema,
  }),
  "delivery.changed": z.object({
    type: z.literal("delivery.changed"),
    number: count,
    conversationId: id,
    messageId: id,
    deliveries: z.array(deliverySchema),
  }),
} satisfies ChangeSchemas;

export const changeSchema: z.ZodType<Change> = z.union(Object.values(changeSchemas)).meta({ id: "Change" });

export const viewSchema = z
  .object({
    conversation: conversationSchema,
    membership: membershipSchema,
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: "ConversationView" }) satisfies z.ZodType<api.ConversationView>;

export const serverInfoSchema = z
  .object({
    name: z.string(),
    host: z.string(),
    version: z.string(),
    registration: z.enum(["open", "invite", "closed"]),
    limits: z.object({ messageGraphemes: count, handleLength: count, passwordLength: count }),
  })
  .meta({ id: "ServerInfo" }) satisfies z.ZodType<api.ServerInfo>;

export const signedInSchema = z
  .object({ accessToken: z.string(), expiresIn: count, person: personSchema })
  .meta({ id: "SignedIn" }) satisfies z.ZodType<api.SignedIn>;

export const meSchema = z
  .object({ person: personSchema, role: z.enum(["admin", "member"]), sessionId: id })
  .meta({ id: "Me" }) satisfies z.ZodType<api.Me>;

export const ownSchema = z
  .object({ number: count, relations: z.array(relationSchema), preferences: preferencesSchema })
  .meta({ id: "Own" }) satisfies z.ZodType<api.Own>;

export const syncSchema = z
  .object({ generation: z.string(), cursor: z.string(), number: count, conversations: z.array(viewSchema) })
  .meta({ id: "Sync" }) satisfies z.ZodType<api.Sync>;

export const conversationPageSchema = z
  .object({ conversations: z.array(viewSchema), next: z.string().nullable() })
  .meta({ id: "ConversationPage" }) satisfies z.ZodType<api.ConversationPage>;

const page = { changes: z.array(changeSchema), through: count, more: z.boolean() };
export const changePageSchema = z.object(page).meta({ id: "ChangePage" }) satisfies z.ZodType<api.ChangePage>;

export const conversationChangePageSchema = z
  .object({ ...page, view: viewSchema.nullable() })
  .meta({ id: "ConversationChangePage" }) satisfies z.ZodType<api.ConversationChangePage>;

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

export const sentSchema = z
  .object({ message: messageSchema, deliveries: z.array(deliverySchema) })
  .meta({ id: "Sent" }) satisfies z.ZodType<api.Sent>;

const serverReachSchema = z
  .object({
    host: z.string(),
    software: z.string().nullable(),
    version: z.string().nullable(),
    verdict: z.enum(["ok", "cannot", "unknown"]),
    reason: z.string().nullable().describe(listed(reachReasons)),
    notAnsweringSince: date.nullable(),
  })
  .meta({ id: "ServerReach" }) satisfies z.ZodType<types.ServerReach>;

export const reachSchema = z
  .object({ servers: z.array(serverReachSchema) })
  .meta({ id: "Reach" }) satisfies z.ZodType<api.Reach>;

export const apiErrorSchema = z
  .object({ error: z.string(), field: z.string().exactOptional(), message: z.string() })
  .meta({ id: "ApiError" }) satisfies z.ZodType<api.ApiError>;

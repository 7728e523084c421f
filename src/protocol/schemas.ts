import { z } from "zod";
import { deliveryReasons } from "#lib/delivery-reason.ts";
import { noticeTypes, type Notice } from "#lib/notice.ts";
import { groupActions, roles, type Permissions } from "#lib/permissions.ts";
import { reachReasons } from "#lib/reach-reason.ts";
import { registrationModes } from "#lib/registration.ts";
import type * as api from "./api.ts";
import type { Delivery, ServerReach } from "./deliveries.ts";
import type { Invitation } from "./invitations.ts";
import type * as types from "./types.ts";

/** Schemas of what travels, for the API's description and for checking what comes in. Types and schemas must agree. */

export const id = z.uuid();
export const date = z.iso.datetime();
export const count = z.int().nonnegative();

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

export const textBodySchema = z.object({ text: z.string(), html: z.string().exactOptional() });

const bodySchema = z.union([
  textBodySchema,
  z.object({ opaque: z.base64(), mediaType: z.string() }),
]) satisfies z.ZodType<types.MessageBody>;

const reactionSchema = z
  .object({ emoji: z.string(), url: z.string().nullable(), personIds: z.array(id) })
  .meta({ id: "Reaction" }) satisfies z.ZodType<types.Reaction>;

export const roleSchema = z.enum(roles);

const noticeSchema = z
  .object({
    type: z.enum(noticeTypes),
    personIds: z.array(id),
    role: roleSchema.exactOptional(),
    value: z.union([z.string(), z.number()]).nullable().exactOptional(),
  })
  .meta({ id: "Notice" }) satisfies z.ZodType<Notice>;

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
    deletedBy: id.nullable(),
    expiresAt: date.nullable(),
    expired: z.boolean(),
    body: bodySchema.nullable(),
    inReplyTo: id.nullable(),
    mentions: z.array(id),
    onlyTo: z.array(id).nullable(),
    alsoTo: z.array(z.string()),
    late: z.boolean(),
    vouched: z.boolean(),
    unlogged: z.boolean(),
    forwarded: z.boolean(),
    pinned: z.object({ by: id.nullable(), at: date }).nullable(),
    reactions: z.array(reactionSchema),
    notice: noticeSchema.nullable(),
    key: z.string().nullable(),
  })
  .meta({ id: "Message" }) satisfies z.ZodType<types.Message>;

export const permissionsSchema = z
  .record(z.enum(groupActions), roleSchema)
  .meta({ id: "Permissions" }) satisfies z.ZodType<Permissions>;

export const memberSchema = z.object({
  person: personSchema,
  role: roleSchema,
}) satisfies z.ZodType<types.Member>;

export const facts = {
  title: z.string().nullable(),
  description: z.string(),
  picture: z.string().nullable(),
  permissions: permissionsSchema.nullable(),
  history: z.enum(["joined", "all"]),
  state: z.enum(["open", "archived", "closed"]),
  epoch: count,
  expireAfter: count.nullable(),
};

export const conversationSchema = z
  .object({
    id,
    kind: z.enum(["direct", "group"]),
    ...facts,
    host: z.string().nullable(),
    members: z.array(memberSchema),
    former: z.array(personSchema),
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

export const muteSchema = z
  .object({ mode: z.enum(["all", "mentions"]), until: date.nullable() })
  .meta({ id: "Mute" }) satisfies z.ZodType<types.Mute>;

export const folderSchema = z
  .object({ id, name: z.string(), rank: count })
  .meta({ id: "Folder" }) satisfies z.ZodType<types.Folder>;

export const draftSchema = z
  .object({ conversationId: id, text: z.string(), inReplyTo: id.nullable(), changedAt: date })
  .meta({ id: "Draft" }) satisfies z.ZodType<types.Draft>;

export const membershipSchema = z
  .object({
    conversationId: id,
    number: count,
    state: z.enum(["accepted", "request", "declined", "left", "removed", "banned"]),
    historyAfter: count,
    readPosition: count,
    unread: count,
    unreadMentions: count,
    markedUnread: z.boolean(),
    pinnedAt: date.nullable(),
    archivedAt: date.nullable(),
    mute: muteSchema.nullable(),
    folderIds: z.array(id),
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

export const deliverySchema = z
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
  .meta({ id: "Delivery" }) satisfies z.ZodType<Delivery>;

export const relationSchema = z
  .object({
    personId: id,
    block: z.enum(["open", "silent"]).nullable(),
    muted: z.boolean(),
    mutedUntil: date.nullable(),
  })
  .meta({ id: "Relation" }) satisfies z.ZodType<types.Relation>;

export const invitationSchema = z
  .object({
    id,
    conversationId: id.nullable(),
    title: z.string(),
    picture: z.string().nullable(),
    host: z.string().nullable(),
    person: personSchema,
    inviter: personSchema,
    state: z.enum(["pending", "asked", "accepted", "rejected", "refused", "revoked"]),
    createdAt: date,
  })
  .meta({ id: "Invitation" }) satisfies z.ZodType<Invitation>;

export const viewSchema = z
  .object({
    conversation: conversationSchema,
    membership: membershipSchema,
    deliveries: z.array(deliverySchema),
    draft: draftSchema.nullable(),
  })
  .meta({ id: "ConversationView" }) satisfies z.ZodType<api.ConversationView>;

export const askedSchema = z
  .object({ state: z.literal("asked") })
  .meta({ id: "Asked" }) satisfies z.ZodType<api.Asked>;

export const banListSchema = z
  .object({ people: z.array(personSchema) })
  .meta({ id: "BanList" }) satisfies z.ZodType<api.BanList>;

export const serverInfoSchema = z
  .object({
    name: z.string(),
    host: z.string(),
    version: z.string(),
    registration: z.enum(registrationModes),
    providers: z.array(z.object({ slug: z.string(), name: z.string() })),
    limits: z.object({
      ...{ messageGraphemes: count, handleLength: count, passwordLength: count },
      accountGraceDays: count,
    }),
  })
  .meta({ id: "ServerInfo" }) satisfies z.ZodType<api.ServerInfo>;

export const signedInSchema = z
  .object({ accessToken: z.string(), expiresIn: count, person: personSchema })
  .meta({ id: "SignedIn" }) satisfies z.ZodType<api.SignedIn>;

export const ownSchema = z
  .object({
    number: count,
    person: personSchema,
    relations: z.array(relationSchema),
    preferences: preferencesSchema,
    folders: z.array(folderSchema),
    invitations: z.array(invitationSchema),
  })
  .meta({ id: "Own" }) satisfies z.ZodType<api.Own>;

export const folderListSchema = z
  .object({ folders: z.array(folderSchema) })
  .meta({ id: "FolderList" }) satisfies z.ZodType<api.FolderList>;

export const syncSchema = z
  .object({ generation: z.string(), cursor: z.string(), number: count, conversations: z.array(viewSchema) })
  .meta({ id: "Sync" }) satisfies z.ZodType<api.Sync>;

export const conversationPageSchema = z
  .object({ conversations: z.array(viewSchema), next: z.string().nullable() })
  .meta({ id: "ConversationPage" }) satisfies z.ZodType<api.ConversationPage>;

const serverReachSchema = z
  .object({
    host: z.string(),
    software: z.string().nullable(),
    version: z.string().nullable(),
    verdict: z.enum(["ok", "cannot", "unknown"]),
    reason: z.string().nullable().describe(listed(reachReasons)),
    notAnsweringSince: date.nullable(),
  })
  .meta({ id: "ServerReach" }) satisfies z.ZodType<ServerReach>;

export const reachSchema = z
  .object({ servers: z.array(serverReachSchema) })
  .meta({ id: "Reach" }) satisfies z.ZodType<api.Reach>;

export const apiErrorSchema = z
  .object({ error: z.string(), field: z.string().exactOptional(), message: z.string() })
  .meta({ id: "ApiError" }) satisfies z.ZodType<api.ApiError>;

import { z } from "zod";
import type * as api from "./api.ts";
import type { Change, ChangeName, ChangeOf } from "./changes.ts";
import {
  conversationSchema,
  count,
  date,
  deliverySchema,
  draftSchema,
  facts,
  folderSchema,
  id,
  invitationSchema,
  memberSchema,
  membershipSchema,
  messageSchema,
  personSchema,
  preferencesSchema,
  relationSchema,
  roleSchema,
  viewSchema,
} from "./schemas.ts";
import { asked } from "./wishes.ts";

/** Schemas of the changes that are told to a client. */

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
  "conversation.changed": z.object({
    type: z.literal("conversation.changed"),
    ...numbered,
    facts: z.object(facts),
  }),
  "member.joined": z.object({
    type: z.literal("member.joined"),
    ...numbered,
    member: memberSchema,
    epoch: count,
  }),
  "member.left": z.object({
    type: z.literal("member.left"),
    ...numbered,
    person: personSchema,
    epoch: count,
  }),
  "member.promoted": z.object({
    type: z.literal("member.promoted"),
    ...numbered,
    personId: id,
    role: roleSchema,
    epoch: count,
  }),
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
  "draft.changed": z.object({
    type: z.literal("draft.changed"),
    number: count,
    conversationId: id,
    draft: draftSchema.nullable(),
  }),
  "folders.changed": z.object({
    type: z.literal("folders.changed"),
    number: count,
    folders: z.array(folderSchema),
  }),
  "conversation.forgotten": z.object({
    type: z.literal("conversation.forgotten"),
    number: count,
    conversationId: id,
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
  "profile.changed": z.object({
    type: z.literal("profile.changed"),
    number: count,
    person: personSchema,
  }),
  "invitation.changed": z.object({
    type: z.literal("invitation.changed"),
    number: count,
    invitation: invitationSchema,
  }),
  "wish.refused": z.object({
    type: z.literal("wish.refused"),
    number: count,
    wish: z.object({
      conversationId: id,
      asked: z.enum(asked),
      host: z.string(),
      reason: z.string().nullable(),
    }),
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

const page = { changes: z.array(changeSchema), through: count, more: z.boolean() };
export const changePageSchema = z.object(page).meta({ id: "ChangePage" }) satisfies z.ZodType<api.ChangePage>;

export const conversationChangePageSchema = z
  .object({ ...page, view: viewSchema.nullable() })
  .meta({ id: "ConversationChangePage" }) satisfies z.ZodType<api.ConversationChangePage>;

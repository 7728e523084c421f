import { z } from "zod";
import type * as api from "./api.ts";
import { count, date, id, invitationSchema, personSchema } from "./schemas.ts";
import type { InviteLink, JoinRequest } from "./invitations.ts";

/** Schemas of the ways into a group. */

export const invitationListSchema = z
  .object({ invitations: z.array(invitationSchema) })
  .meta({ id: "InvitationList" }) satisfies z.ZodType<api.InvitationList>;

export const inviteLinkSchema = z
  .object({
    id,
    url: z.string(),
    uses: count.nullable(),
    used: count,
    expiresAt: date.nullable(),
    approval: z.boolean(),
    createdBy: id,
    revokedAt: date.nullable(),
  })
  .meta({ id: "InviteLink" }) satisfies z.ZodType<InviteLink>;

export const inviteLinkListSchema = z
  .object({ links: z.array(inviteLinkSchema) })
  .meta({ id: "InviteLinkList" }) satisfies z.ZodType<api.InviteLinkList>;

const joinRequestSchema = z
  .object({ person: personSchema, at: date, linkId: id.nullable() })
  .meta({ id: "JoinRequest" }) satisfies z.ZodType<JoinRequest>;

export const joinRequestListSchema = z
  .object({ requests: z.array(joinRequestSchema) })
  .meta({ id: "JoinRequestList" }) satisfies z.ZodType<api.JoinRequestList>;

export const joinPreviewSchema = z
  .object({
    title: z.string(),
    picture: z.string().nullable(),
    members: count,
    approval: z.boolean(),
    host: z.string().nullable(),
  })
  .meta({ id: "JoinPreview" }) satisfies z.ZodType<api.JoinPreview>;

export const askedSchema = z
  .object({ state: z.literal("asked") })
  .meta({ id: "Asked" }) satisfies z.ZodType<api.Asked>;

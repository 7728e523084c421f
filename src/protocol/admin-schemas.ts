import { z } from "zod";
import { doors } from "#lib/door.ts";
import { registrationModes } from "#lib/registration.ts";
import { serverPermissions, serverRoles } from "#lib/server-role.ts";
import type * as admin from "./admin.ts";
import { count, date, id } from "./schemas.ts";

/** Schemas of what those see who run a server. Types and schemas must agree. */

export const adminPersonSchema = z
  .object({
    id,
    handle: z.string(),
    name: z.string(),
    role: z.enum(serverRoles),
    state: z.enum(["active", "suspended", "deleted"]),
    endsAt: date.nullable(),
    createdAt: date,
  })
  .meta({ id: "AdminPerson" }) satisfies z.ZodType<admin.AdminPerson>;

export const adminPeoplePageSchema = z
  .object({ people: z.array(adminPersonSchema), next: id.nullable() })
  .meta({ id: "AdminPeoplePage" }) satisfies z.ZodType<admin.AdminPeoplePage>;

export const adminRolesSchema = z
  .object({
    roles: z.array(z.object({ role: z.enum(serverRoles), permissions: z.array(z.enum(serverPermissions)) })),
  })
  .meta({ id: "AdminRoles" }) satisfies z.ZodType<admin.AdminRoles>;

export const ipRuleSchema = z
  .object({
    id,
    network: z.string(),
    verdict: z.enum(["allow", "deny"]),
    doors: z.array(z.enum(doors)),
    note: z.string(),
    expiresAt: date.nullable(),
    createdBy: id.nullable(),
    createdAt: date,
  })
  .meta({ id: "IpRule" }) satisfies z.ZodType<admin.IpRule>;

export const ipRuleListSchema = z
  .object({ rules: z.array(ipRuleSchema) })
  .meta({ id: "IpRuleList" }) satisfies z.ZodType<admin.IpRuleList>;

const auditEntrySchema = z
  .object({
    id,
    at: date,
    action: z.string(),
    actorId: id.nullable(),
    actorHandle: z.string().nullable(),
    personId: id.nullable(),
    handle: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    address: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" }) satisfies z.ZodType<admin.AuditEntry>;

export const auditPageSchema = z
  .object({ entries: z.array(auditEntrySchema), next: id.nullable() })
  .meta({ id: "AuditPage" }) satisfies z.ZodType<admin.AuditPage>;

export const serverRuleSchema = z
  .object({
    host: z.string(),
    level: z.enum(["allow", "silence", "reject-media", "suspend"]),
    note: z.string(),
    createdAt: date,
  })
  .meta({ id: "ServerRule" }) satisfies z.ZodType<admin.ServerRule>;

export const serverRuleListSchema = z
  .object({ servers: z.array(serverRuleSchema) })
  .meta({ id: "ServerRuleList" }) satisfies z.ZodType<admin.ServerRuleList>;

export const adminOverviewSchema = z
  .object({
    registration: z.enum(registrationModes),
    version: z.string(),
    people: z.object({ active: count, suspended: count }).nullable(),
    requests: count.nullable(),
    codes: count.nullable(),
    ipRules: count.nullable(),
    servers: count.nullable(),
  })
  .meta({ id: "AdminOverview" }) satisfies z.ZodType<admin.AdminOverview>;

export const adminSettingsSchema = z
  .object({ registration: z.enum(registrationModes) })
  .meta({ id: "AdminSettings" }) satisfies z.ZodType<admin.AdminSettings>;

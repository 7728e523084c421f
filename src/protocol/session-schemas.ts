import { z } from "zod";
import { serverPermissions, serverRoles } from "#lib/server-role.ts";
import type { Me } from "./api.ts";
import { date, id, personSchema } from "./schemas.ts";
import type * as sessions from "./sessions.ts";

const deviceSchema = z
  .object({
    program: z.string(),
    system: z.string().nullable(),
    kind: z.enum(["desktop", "mobile", "tablet"]).nullable(),
  })
  .meta({ id: "Device" }) satisfies z.ZodType<sessions.Device>;

const sessionSchema = z
  .object({
    id,
    name: z.string(),
    device: deviceSchema.nullable(),
    app: z.string().nullable(),
    place: z.string().nullable(),
    createdAt: date,
    seenAt: date,
    current: z.boolean(),
  })
  .meta({ id: "Session" }) satisfies z.ZodType<sessions.Session>;

/** Who a token speaks for. */
export const meSchema = z
  .object({
    person: personSchema,
    role: z.enum(serverRoles),
    permissions: z.array(z.enum(serverPermissions)),
    sessionId: id,
  })
  .meta({ id: "Me" }) satisfies z.ZodType<Me>;

/** What one sees of one's sessions. */
export const sessionListSchema = z
  .object({ sessions: z.array(sessionSchema) })
  .meta({ id: "SessionList" }) satisfies z.ZodType<sessions.SessionList>;

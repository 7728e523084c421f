import { z } from "zod";
import { date, id } from "./schemas.ts";
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

/** What one sees of one's sessions. */
export const sessionListSchema = z
  .object({ sessions: z.array(sessionSchema) })
  .meta({ id: "SessionList" }) satisfies z.ZodType<sessions.SessionList>;

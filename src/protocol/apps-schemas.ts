import { z } from "zod";
import type * as apps from "./apps.ts";
import { count, date, id } from "./schemas.ts";

const appSchema = z.object({ id, name: z.string(), website: z.string().nullable() });

export const consentSchema = z
  .object({
    app: appSchema,
    scopes: z.array(z.string()),
    returnsTo: z.string().nullable(),
    ticket: z.string(),
  })
  .meta({ id: "Consent" }) satisfies z.ZodType<apps.Consent>;

export const consentAnswerSchema = z
  .object({ redirect: z.string() })
  .meta({ id: "ConsentAnswer" }) satisfies z.ZodType<apps.ConsentAnswer>;

export const allowedAppListSchema = z
  .object({
    apps: z.array(
      appSchema
        .extend({
          scopes: z.array(z.string()),
          sessions: count,
          allowedAt: date,
          seenAt: date.nullable(),
        })
        .meta({ id: "AllowedApp" }),
    ),
  })
  .meta({ id: "AllowedAppList" }) satisfies z.ZodType<apps.AllowedAppList>;

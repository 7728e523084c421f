import { z } from "zod";
import type * as moving from "./moving.ts";
import { date, personSchema } from "./schemas.ts";

export const movingSchema = z
  .object({ aliases: z.array(personSchema), movedTo: personSchema.nullable(), movableAt: date.nullable() })
  .meta({ id: "Moving" }) satisfies z.ZodType<moving.Moving>;

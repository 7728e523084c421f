import { z } from "zod";
import type * as handle from "./handle.ts";
import { count, date } from "./schemas.ts";

export const handleStateSchema = z
  .object({
    handle: z.string(),
    held: z.array(z.object({ handle: z.string(), until: date })),
    changeableAt: date.nullable(),
    graceDays: count,
  })
  .meta({ id: "HandleState" }) satisfies z.ZodType<handle.HandleState>;

import { z } from "zod";
import type * as ending from "./ending.ts";
import { count, date, id } from "./schemas.ts";

/** Schemas of what travels when somebody goes, or takes along what is theirs. */

export const endingSchema = z
  .object({ endsAt: date })
  .meta({ id: "Ending" }) satisfies z.ZodType<ending.Ending>;

export const dataExportSchema = z
  .object({
    id,
    state: z.enum(["waiting", "ready", "failed"]),
    size: count.nullable(),
    createdAt: date,
    expiresAt: date.nullable(),
  })
  .meta({ id: "DataExport" }) satisfies z.ZodType<ending.DataExport>;

export const dataExportListSchema = z
  .object({ exports: z.array(dataExportSchema) })
  .meta({ id: "DataExportList" }) satisfies z.ZodType<ending.DataExportList>;

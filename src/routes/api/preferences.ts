import { Hono } from "hono";
import { z } from "zod";
import { changePreferences } from "#domain/preferences.ts";
import { presentPreferences } from "#present/preferences.ts";
import { preferencesSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { describe, momentSchema, parse, printable } from "../parse.ts";
import type { Services } from "../services.ts";

const ChangePreferences = z.strictObject({
  receipts: z.boolean().exactOptional(),
  typing: z.boolean().exactOptional(),
  presence: z.boolean().exactOptional(),
  invisible: z.boolean().exactOptional(),
  status: z
    .strictObject({
      text: z
        .string()
        .trim()
        .min(1)
        .max(1_000)
        .refine(...printable),
      until: momentSchema.nullable(),
    })
    .nullable()
    .exactOptional(),
});

/** What the caller chooses for all conversations. */
export function preferenceRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>().patch(
    "/me/preferences",
    describe({
      tag: "Account",
      summary: "Choose what is shared with others, and a status; what is left out stays",
      answers: { 200: preferencesSchema },
    }),
    parse("json", ChangePreferences),
    async (c) => {
      const { personId } = c.var.bearer;
      return c.json(
        presentPreferences(await changePreferences(ctx, { personId, change: c.req.valid("json") })),
      );
    },
  );
}

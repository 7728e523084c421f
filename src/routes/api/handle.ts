import { Hono } from "hono";
import { z } from "zod";
import { readHandle, renamePerson, type HandleState as State } from "#domain/rename.ts";
import { handleStateSchema } from "#protocol/handle-schemas.ts";
import type { HandleState } from "#protocol/handle.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { limitRenames } from "../limits.ts";
import { describe, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Account";
const HandleBody = z.strictObject({ handle: z.string().min(1).max(100) });

/** What the caller is called. */
export function handleRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/handle",
      describe({
        tag,
        summary: "What one is called, when one may change it, and which former handles still lead to one",
        answers: { 200: handleStateSchema },
      }),
      async (c) => c.json<HandleState>(present(await readHandle(ctx, c.var.bearer.personId))),
    )
    .put(
      "/me/handle",
      describe({
        tag,
        summary:
          "Take another handle, after `POST /me/confirm`: the former one is kept for a while and leads to one",
        answers: { 200: handleStateSchema },
      }),
      parse("json", HandleBody),
      limitRenames(ctx),
      confirmed(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const { address } = c.var.from;
        await renamePerson(ctx, { ...c.req.valid("json"), personId, by: personId, address });
        return c.json<HandleState>(present(await readHandle(ctx, personId)));
      },
    );
}

function present({ held, changeableAt, ...state }: State): HandleState {
  return {
    ...state,
    held: held.map(({ handle, until }) => ({ handle, until: until.toISOString() })),
    changeableAt: changeableAt?.toISOString() ?? null,
  };
}

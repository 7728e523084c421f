import { Hono } from "hono";
import { listServersToAsk, readReach } from "#domain/servers.ts";
import { presentServerReach } from "#present/servers.ts";
import type { Reach } from "#protocol/api.ts";
import { reachSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { describe, idOf } from "../parse.ts";
import type { Services } from "../services.ts";

/** Whether the messages of a conversation arrive, as far as that is known before they are sent. */
export function reachRoutes({ ctx, learnServers }: Services) {
  return new Hono<BearerEnv>().get(
    "/conversations/:id/reach",
    describe({
      tag: "Conversations",
      summary: "What the servers of a conversation's members elsewhere run, and whether they take messages",
      answers: { 200: reachSchema },
    }),
    async (c) => {
      const input = { ...c.var.bearer, conversationId: idOf<"conversation">(c.req.param("id")) };
      await readReach(ctx, input);
      await learnServers(await listServersToAsk(ctx, input.conversationId));
      return c.json<Reach>({ servers: (await readReach(ctx, input)).map(presentServerReach) });
    },
  );
}

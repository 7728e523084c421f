import { readLogEntry } from "../translate/log-in.ts";
import { hear } from "../hear.ts";
import { Dropped } from "../translate/dropped.ts";
import { inbound } from "./handler.ts";

/** The server that keeps a group tells what it has accepted, under its number. */
export const logEntry = inbound({
  read: readLogEntry,
  take: async (tools, { said: { room, ...entry }, actorUri }) => {
    const keeper = await tools.actors.resolve(actorUri);
    const { reused } = await hear(tools, { room, keeper, entries: [entry] });
    if (reused > 0) throw new Dropped("number_reused");
  },
});

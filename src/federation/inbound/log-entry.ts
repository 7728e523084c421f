import { readLogEntry } from "../translate/log-in.ts";
import { hear } from "../hear.ts";
import { inbound } from "./handler.ts";

/** The server that keeps a group tells what it has accepted, under its number. */
export const logEntry = inbound({
  read: readLogEntry,
  take: async (tools, { said: { room, ...entry }, actorUri }) => {
    const keeper = await tools.actors.resolve(actorUri);
    await hear(tools, { room, keeper, entries: [entry] });
  },
});

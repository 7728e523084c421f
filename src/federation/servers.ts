import type { Context } from "#domain/context.ts";
import { isToBeAsked, saveSoftware } from "#domain/servers.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { Egress } from "#lib/egress.ts";
import { log } from "#lib/log.ts";
import { askSoftware, Untold } from "./nodeinfo.ts";

/** A server, and one of its actors: their address may stand under another name than the server that speaks for it. */
export interface Asked {
  readonly host: string | null;
  readonly uri: string | null;
}

/** What other servers run. */
export interface Servers {
  /**
   * Asks those of whom nothing is known, or who were asked a week ago, and waits for their answers. Never throws: one
   * that does not answer is asked again after a while, when there is a reason to.
   */
  learn(servers: readonly Asked[]): Promise<void>;
}

const REMEMBERED = 10_000;
/** A server that did not answer is left alone for so long (milliseconds). */
const SILENT_MS = 10 * 60 * 1000;

/** Makes the asker; one question to a server is under way at a time. */
export function createServers(ctx: Context, { egress }: { egress: Egress }): Servers {
  const underWay = new Map<string, Promise<void>>();
  const silent = new BoundedMap<string, true>({
    max: REMEMBERED,
    ttlMs: SILENT_MS,
    now: () => ctx.now().getTime(),
  });

  async function ask(host: string, origin: string): Promise<void> {
    try {
      if (!(await isToBeAsked(ctx, host))) return;
      await saveSoftware(ctx, host, await askSoftware(egress, origin));
    } catch (error) {
      if (error instanceof Untold && error.temporary) silent.set(host, true);
      else if (error instanceof Untold) await saveSoftware(ctx, host, null);
      else throw error;
    }
  }

  async function learnOne({ host, uri }: Asked): Promise<void> {
    const origin = URL.parse(uri ?? "")?.origin;
    if (host === null || origin === undefined || silent.get(host) !== undefined) return;
    const running = underWay.get(host) ?? ask(host, origin).finally(() => underWay.delete(host));
    underWay.set(host, running);
    try {
      await running;
    } catch (error) {
      log("federation").error("a server could not be asked what it runs", { host, error });
    }
  }

  return {
    learn: async (servers) => {
      await Promise.all(servers.map(learnOne));
    },
  };
}

import { loadCircle } from "#domain/presence.ts";
import { log } from "#lib/log.ts";
import { pushHeard } from "#realtime/push-presence.ts";
import type { Node } from "./node.ts";
import { showPresence, tellAbroad } from "./signals.ts";

/** How often time is let pass, in milliseconds; a node says that it lives at every fourth time. */
const BEAT_MS = 15_000;
const BEATS_PER_SIGN = 4;

/** Lets time pass once: whoever is idle, what is too old to be true, and what other servers are to hear again. */
export async function beatPresence(node: Node): Promise<void> {
  const { ctx, presence, abroad } = node;
  presence.findIdle();
  for (const personId of presence.forgetNodes()) await showPresence(node, personId, { isOwn: false });
  for (const { personId, viewerIds } of presence.forgetHeard()) {
    pushHeard(node, { signal: "heard", personId, to: viewerIds, about: { state: "offline", status: null } });
  }
  for (const personId of abroad?.findDue() ?? []) tellAbroad(node, personId, await loadCircle(ctx, personId));
}

/** Starts to let time pass; answers what ends it. */
export function startPresenceBeat(node: Node, name: string): () => void {
  let beats = 0;
  node.ctx.signal({ signal: "joined" });
  const timer = setInterval(() => {
    if (beats++ % BEATS_PER_SIGN === 0) node.ctx.signal({ signal: "alive", node: name });
    beatPresence(node).catch((error: unknown) => {
      log("effects").error("who is there could not be told", { error });
    });
  }, BEAT_MS).unref();
  return () => clearInterval(timer);
}

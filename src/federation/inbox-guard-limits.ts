import { RateLimit } from "#lib/rate-limit.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import { Slots, type Release } from "#lib/slots.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";

/** How much others may ask of us with signed requests; all but the last per minute. */
export interface InboxLimitOptions {
  readonly perActor: number;
  readonly perHost: number;
  /** Unknown keys of a host from which nothing proven has come yet: each costs us a fetch. */
  readonly perNewHost: number;
  /** Unknown keys of all such hosts together: nobody makes us ask all the world in their names. */
  readonly allNewHosts: number;
  /** Unknown keys of a host from which something proven has come. */
  readonly newKeysPerHost: number;
  /** What is proven to be of a host with which nobody here chose to talk yet. */
  readonly perUntrustedHost: number;
  readonly concurrentPerHost: number;
}

/** Counts only what is proven against an actor or a host: forgeries in their name must not silence them. */
export interface InboxLimits {
  /** Throws GuardRefusal 429 when the host has used up its share. */
  checkHost(host: string): void;
  checkActor(actorUri: string): void;
  /** Before a key that nobody knows yet is fetched. */
  countStranger(host: string): void;
  /** After the proof. */
  count(actorUri: string, host: string): void;
  /** After the proof, for a host with which nobody here chose to talk yet. */
  countNewServer(host: string): void;
  /** Takes a place among the requests of the host that are being read and judged. */
  enter(host: string): Release;
}

const defaults: InboxLimitOptions = {
  perActor: 300,
  perHost: 1_200,
  perNewHost: 60,
  allNewHosts: 600,
  newKeysPerHost: 300,
  perUntrustedHost: 60,
  concurrentPerHost: 20,
};
const windowMs = 60_000;
const countedKeys = 20_000;

/** Makes the limits of one process, for every door where a signature decides. */
export function createInboxLimits(now: () => Date, options: Partial<InboxLimitOptions> = {}): InboxLimits {
  const limits = { ...defaults, ...options };
  const limitOf = (limit: number): RateLimit =>
    new RateLimit({ limit, windowMs, keys: countedKeys, now: () => now().getTime() });
  const [actors, hosts] = [limitOf(limits.perActor), limitOf(limits.perHost)];
  const [perNewHost, allNewHosts] = [limitOf(limits.perNewHost), limitOf(limits.allNewHosts)];
  const newKeys = limitOf(limits.newKeysPerHost);
  const untrusted = limitOf(limits.perUntrustedHost);
  const seen = new BoundedMap<string, true>({ max: countedKeys });
  const places = new Slots(limits.concurrentPerHost);

  return {
    checkHost: (host) => refuseIf(hosts.wait(host)),
    checkActor: (actorUri) => refuseIf(actors.wait(actorUri)),
    countStranger: (host) => {
      if (seen.get(host) !== undefined) refuseIf(newKeys.take(host));
      else refuseIf(perNewHost.take(host) ?? allNewHosts.take("all"));
    },
    count: (actorUri, host) => {
      seen.set(host, true);
      refuseIf(hosts.take(host));
      refuseIf(actors.take(actorUri));
    },
    countNewServer: (host) => refuseIf(untrusted.take(host)),
    enter: (host) => {
      const release = places.tryAcquire(host);
      if (release === undefined) throw new GuardRefusal(429, "too_many_at_once", { retryAfter: 1 });
      return release;
    },
  };
}

function refuseIf(retryAfter: number | undefined): void {
  if (retryAfter !== undefined) throw new GuardRefusal(429, "too_many", { retryAfter });
}

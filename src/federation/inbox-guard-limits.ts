import { RateLimit } from "#lib/rate-limit.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import { Slots, type Release } from "#lib/slots.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";

/** How much of the inbox others may use; the first three per minute. */
export interface InboxLimitOptions {
  readonly perActor: number;
  readonly perHost: number;
  /** Of a host from which nothing proven has come yet: each may cost us a fetch. */
  readonly perNewHost: number;
  readonly concurrentPerHost: number;
}

/** Counts only what is proven against an actor or a host: forgeries in their name must not silence them. */
export interface InboxLimits {
  /** Throws GuardRefusal 429 when the host has used up its share. */
  checkHost(host: string): void;
  checkActor(actorUri: string): void;
  countStranger(host: string): void;
  /** After the proof. */
  count(actorUri: string, host: string): void;
  /** Takes a place among those of the host that are being judged. */
  enter(host: string): Release;
}

const defaults: InboxLimitOptions = { perActor: 300, perHost: 1_200, perNewHost: 60, concurrentPerHost: 20 };
const windowMs = 60_000;
const countedKeys = 20_000;

export function createInboxLimits(now: () => Date, options: Partial<InboxLimitOptions> = {}): InboxLimits {
  const { perActor, perHost, perNewHost, concurrentPerHost } = { ...defaults, ...options };
  const limitOf = (limit: number): RateLimit =>
    new RateLimit({ limit, windowMs, keys: countedKeys, now: () => now().getTime() });
  const [actors, hosts, newHosts] = [limitOf(perActor), limitOf(perHost), limitOf(perNewHost)];
  const seen = new BoundedMap<string, true>({ max: countedKeys });
  const places = new Slots(concurrentPerHost);

  return {
    checkHost: (host) => refuseIf(hosts.wait(host)),
    checkActor: (actorUri) => refuseIf(actors.wait(actorUri)),
    countStranger: (host) => {
      if (seen.get(host) === undefined) refuseIf(newHosts.take(host));
    },
    count: (actorUri, host) => {
      seen.set(host, true);
      refuseIf(hosts.take(host));
      refuseIf(actors.take(actorUri));
    },
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

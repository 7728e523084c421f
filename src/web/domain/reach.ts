import { signal } from "@preact/signals";
import type { ServerReach } from "#protocol/deliveries.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure, Unreachable } from "../platform/http.ts";

export interface ReachesPlatform {
  api: Pick<Api, "reach">;
  now: () => number;
}

/** What somebody who is about to write should know of a server. */
export interface Warning {
  host: string;
  kind: "cannot" | "silent" | "about";
  /** In stable words; null where only the silence is known. */
  reason: string | null;
  /** Since when nothing was answered; null unless `silent`. */
  since: string | null;
}

/** Milliseconds for which an answer holds. */
const fresh = 5 * 60_000;

/** What is known of the servers of a conversation, asked for when somebody is about to write there. */
export class Reaches {
  readonly #known = signal<ReadonlyMap<string, readonly ServerReach[]>>(new Map());
  readonly #askedAt = new Map<string, number>();
  readonly #platform: ReachesPlatform;

  constructor(platform: ReachesPlatform) {
    this.#platform = platform;
  }

  of(conversationId: string): readonly ServerReach[] {
    return this.#known.value.get(conversationId) ?? [];
  }

  /** Asks, unless that was done within so many milliseconds; an answer that does not come warns of nothing. */
  async look(conversationId: string, holds = fresh): Promise<void> {
    const now = this.#platform.now();
    if (now - (this.#askedAt.get(conversationId) ?? -Infinity) < holds) return;
    this.#askedAt.set(conversationId, now);
    try {
      const { servers } = await this.#platform.api.reach(conversationId);
      this.#known.value = new Map(this.#known.peek()).set(conversationId, servers);
    } catch (error) {
      this.#askedAt.delete(conversationId);
      if (!(error instanceof Unreachable || error instanceof ApiFailure)) throw error;
    }
  }

  /** Whether one of its servers did not answer when that was asked last. */
  isSilent(conversationId: string): boolean {
    const known = this.#known.peek().get(conversationId) ?? [];
    return known.some(({ notAnsweringSince }) => notAnsweringSince !== null);
  }

  /** Forgets what belongs to a person who has left. */
  stop(): void {
    this.#askedAt.clear();
    this.#known.value = new Map();
  }
}

/** What to say of servers before something is sent: the gravest first, one sentence for each. */
export function warningsOf(servers: readonly ServerReach[]): Warning[] {
  return servers
    .flatMap((server) => warningOf(server) ?? [])
    .toSorted((a, b) => gravestFirst.indexOf(a.kind) - gravestFirst.indexOf(b.kind));
}

const gravestFirst: readonly Warning["kind"][] = ["cannot", "silent", "about"];

function warningOf({ host, verdict, reason, notAnsweringSince: since }: ServerReach): Warning | null {
  if (verdict === "cannot") return { host, kind: "cannot", reason, since: null };
  if (since !== null) return { host, kind: "silent", reason: null, since };
  // Of a server that nobody has asked yet there is nothing to say.
  if (reason === null || reason === "not_asked") return null;
  return { host, kind: "about", reason, since: null };
}

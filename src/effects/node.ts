import type { Context } from "#domain/context.ts";
import type { Lanes } from "#federation/lanes.ts";
import type { Servers } from "#federation/servers.ts";
import type { SignalsOut } from "#federation/signals-out.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { Hub } from "#realtime/hub.ts";
import type { Presence } from "#realtime/presence.ts";

/** Makes findable what was said; see jobs/indexing.ts, which implements it. */
export interface Indexing {
  wake(id: ConversationId): void;
}

/** The parts of one node that something can follow in. */
export interface Node {
  readonly ctx: Context;
  readonly hub: Hub;
  readonly presence: Presence;
  /** Tells other servers what is not stored; null on a node that tells them nothing. */
  readonly abroad: SignalsOut | null;
  /** Null on a node that does not deliver. */
  readonly lanes: Lanes | null;
  /** Null on a node that makes nothing findable. */
  readonly indexing: Indexing | null;
  /** Null on a node that asks no other servers by itself. */
  readonly servers: Servers | null;
}

import type { Context } from "#domain/context.ts";
import type { OfferElsewhere } from "#domain/groups/join-elsewhere.ts";
import type { PersonRow } from "#domain/people.ts";
import type { Id, PersonId } from "#lib/ids.ts";
import type { JoinLink } from "#lib/join-link.ts";

/** Bytes that are a picture. */
export interface Picture {
  readonly image: Uint8Array;
  readonly mediaType: string;
}

/** What routes need besides the domain; given by app.ts, because it belongs to layers that routes may not know. */
export interface Services {
  readonly ctx: Context;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Asks other servers what they run, if that is not known; never throws. */
  readonly learnServers: (servers: readonly Pick<PersonRow, "host" | "uri">[]) => Promise<void>;
  /** The picture of a custom emoji; null when there is none to be had. Refuses an unknown id. */
  readonly readEmoji: (id: Id<"custom-emoji">) => Promise<Picture | null>;
  /** The picture of a group, alike. */
  readonly readGroupPicture: (id: Id<"picture">) => Promise<Picture | null>;
  /** Finds a person by address, asking their server if need be, and what it runs; refuses `address_*`. */
  readonly resolveAddress: (address: string) => Promise<PersonRow>;
  /** Finds the account that somebody of ours wants to move to, as it is now; refuses `address_*`, `move_not_agreed`, `target_moved`. */
  readonly resolveTarget: (personId: PersonId, address: string) => Promise<PersonRow>;
  /** Asks what a link into a group of another server leads into; refuses `link_*`. */
  readonly lookAtLink: (link: JoinLink) => Promise<OfferElsewhere>;
}

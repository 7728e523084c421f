/** JSON shapes of what becomes of messages on their way to other servers. */

/** What is known of a server before something is sent to it. */
export interface ServerReach {
  host: string;
  /** By its own account: `mastodon`; null while it has said nothing. */
  software: string | null;
  version: string | null;
  /** Whether its people can get messages of this conversation. */
  verdict: "ok" | "cannot" | "unknown";
  /** Why not, or what to know of it; the words are in `#lib/reach-reason.ts`. */
  reason: string | null;
  /** Since when it has taken nothing that was sent to it; null when it answers, or was never tried. */
  notAnsweringSince: string | null;
}

export type DeliveryState = "waiting" | "accepted" | "refused" | "gave-up";

/** How the server of one recipient took a message of the viewer's own. */
export interface Delivery {
  personId: string;
  /** Of the recipient when it was sent. */
  host: string;
  state: DeliveryState;
  /** Why it was refused or given up, or why it still waits; the words are in `#lib/delivery-reason.ts`. */
  reason: string | null;
  /** When the state last changed. */
  at: string;
}

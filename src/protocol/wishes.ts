/** What somebody can ask of the server that keeps a group. */
export const asked = ["invite", "role", "remove", "change", "delete"] as const;

/** What somebody asked of the server that keeps a group, and it did not do. */
export interface RefusedWish {
  conversationId: string;
  asked: (typeof asked)[number];
  /** Which server keeps the group. */
  host: string;
  /** As for a delivery; null when it did not answer until it was given up. */
  reason: string | null;
}

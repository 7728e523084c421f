import type { Person } from "./types.ts";

/** JSON shapes of the ways into a group. */

/** Somebody is asked into a group, or asks by a link to be let in; of the group they see no more than this. */
export interface Invitation {
  id: string;
  /** Null for a group of another server that is not known here yet. */
  conversationId: string | null;
  title: string;
  /** Where it is to be had on this server. */
  picture: string | null;
  /** Who keeps the group; null for this server. */
  host: string | null;
  /** Who is invited, or asks. */
  person: Person;
  /** Who invites, or made the link. */
  inviter: Person;
  /** `asked`: they wait to be let in; `refused`: they were not, and have not seen so yet. These and `pending` are shown. */
  state: "pending" | "asked" | "accepted" | "rejected" | "refused" | "revoked";
  createdAt: string;
}

/** An address by which people come into a group by themselves; whoever may invite sees it. */
export interface InviteLink {
  id: string;
  url: string;
  /** How many may come by it; null for as many as like. */
  uses: number | null;
  used: number;
  /** Null for one that stays. */
  expiresAt: string | null;
  /** Whoever uses it waits until somebody who may invite agrees. */
  approval: boolean;
  /** A person's id. */
  createdBy: string;
  revokedAt: string | null;
}

/** Somebody who asks to be let into a group. */
export interface JoinRequest {
  person: Person;
  at: string;
  /** By which link. */
  linkId: string | null;
}

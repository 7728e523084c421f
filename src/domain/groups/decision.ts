import type { ConversationRow } from "#db/conversations.ts";
import type { Notice } from "#lib/notice.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";

/** What a group says of itself, and may say otherwise. */
export type Facts = Partial<
  Pick<
    ConversationRow,
    "title" | "description" | "pictureId" | "permissions" | "history" | "state" | "expireAfter"
  >
>;

/** A change of a group, decided here by whoever may, or told by the server that keeps it. */
export type Decision =
  | { type: "created"; by: PersonId }
  | { type: "join"; personId: PersonId; role: Role; by: PersonId }
  | { type: "leave"; personId: PersonId }
  | { type: "remove"; personId: PersonId; by: PersonId; ban: boolean }
  /**
   * Somebody who is another person now goes, and that one comes in their place; between two it is only told. `isKnown`: they
   * said so here too, both of them; else only the server that keeps the group says it.
   */
  | {
      type: "succeed";
      personId: PersonId;
      fromId: PersonId;
      fromAddress: string;
      role: Role;
      by: PersonId;
      isKnown: boolean;
    }
  | { type: "role"; personId: PersonId; role: Role; by: PersonId }
  | { type: "facts"; by: PersonId; facts: Facts }
  /** `by`, the owner so far, is an admin from then on. */
  | { type: "transfer"; personId: PersonId; by: PersonId };

/** Who decided it. */
export function deciderOf(decision: Decision): PersonId {
  return decision.type === "leave" ? decision.personId : decision.by;
}

/** Whether it says anew who is in a group or what they may do: whoever decided before it may not have known. */
export function raisesEpoch(decision: Decision): boolean {
  if (decision.type === "created") return false;
  if (decision.type !== "facts") return true;
  return ["permissions", "history", "state"].some((name) => name in decision.facts);
}

const ends = { open: "reopened", archived: "archived", closed: "closed" } as const;

/** The line that tells of it. */
export function noticeOf(decision: Decision): Notice {
  switch (decision.type) {
    case "created":
      return { type: "created", personIds: [] };
    case "join":
      return { type: "joined", personIds: decision.personId === decision.by ? [] : [decision.personId] };
    case "leave":
      return { type: "left", personIds: [] };
    case "remove":
      return { type: decision.ban ? "banned" : "removed", personIds: [decision.personId] };
    case "succeed":
      return decision.isKnown
        ? { type: "moved", personIds: [decision.fromId], value: decision.fromAddress }
        : { type: "joined", personIds: [decision.personId] };
    case "role":
      return { type: "role", personIds: [decision.personId], role: decision.role };
    case "transfer":
      return { type: "role", personIds: [decision.personId], role: "owner" };
    case "facts":
      return factNotice(decision.facts);
  }
}

/** One thing at a time is told; what a reader would miss most comes first. */
function factNotice({ title, state, expireAfter, ...facts }: Facts): Notice {
  const personIds: PersonId[] = [];
  if (state !== undefined) return { type: ends[state], personIds };
  if (title !== undefined) return { type: "title", personIds, value: title };
  if (expireAfter !== undefined) return { type: "expiry", personIds, value: expireAfter };
  if (facts.permissions !== undefined) return { type: "permissions", personIds };
  if (facts.history !== undefined) return { type: "history", personIds, value: facts.history };
  return { type: facts.pictureId === undefined ? "description" : "picture", personIds };
}

import { findDeeds, findSmart, insertLogEntries } from "#db/groups.ts";
import type { ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import type { MessageRow } from "#db/messages.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { dispatch, type Dispatch, type Participant } from "../dispatch.ts";
import { refOf } from "../messages/refer.ts";
import type { ActivityDetails, LoggedChange } from "../outgoing/types.ts";
import { record } from "../transact.ts";
import type { Decision } from "./decision.ts";

/** Whether this server keeps a group, and so counts what happens in it. */
export function isKeptHere({ keeperId, uri }: Pick<ConversationRow, "keeperId" | "uri">): boolean {
  return keeperId !== null && uri === null;
}

/** Whether another server keeps a group, and this one follows its log. */
export function isFollowed({ keeperId, uri }: Pick<ConversationRow, "keeperId" | "uri">): boolean {
  return keeperId !== null && uri !== null;
}

/** The next number in the log of a locked group that is kept here; null in any other conversation. */
export function nextSeq(conversation: ConversationRow): number | null {
  if (!isKeptHere(conversation)) return null;
  conversation.logSeq += 1;
  return conversation.logSeq;
}

/**
 * What happened in a group that is kept here, under its number: a deed of its author to a message, its deletion by
 * somebody else, or a decision with its line.
 */
export type Followed = { seq: number; message: MessageRow } & (
  | { deed: "Create" | "Update" | "Delete" }
  | { decision: Decision }
  | { deletedBy: PersonId }
);

export interface Follow {
  conversation: ConversationRow;
  /** Everybody whom it concerns. */
  people: readonly Participant[];
  entries: readonly Followed[];
}

/**
 * Writes what happened in a locked group that is kept here into its log, and tells the servers of our own kind, in the
 * caller's transaction, after other servers were told of the deeds themselves. Lanes are locked before people.
 */
export async function follow(ctx: Context, tx: Transaction, input: Follow): Promise<void> {
  const { conversation, people, entries } = input;
  if (entries.length === 0) return;
  const elsewhere = people.filter(({ host }) => host !== null).map(({ id }) => id);
  const ids = entries.flatMap((entry) => ("deed" in entry ? entry.message.id : []));
  const [deeds, smart] = await Promise.all([
    findDeeds(tx, elsewhere.length === 0 ? [] : ids),
    findSmart(tx, elsewhere),
  ]);
  const createdAt = ctx.now();
  const rows = entries.map((entry) => {
    const { message, seq } = entry;
    const isOf = ({ messageId, type }: (typeof deeds)[number]): boolean =>
      "deed" in entry && messageId === message.id && type === entry.deed;
    const common = { conversationId: conversation.id, seq, messageId: message.id, createdAt };
    return {
      ...common,
      epoch: conversation.chatEpoch,
      revision: message.revision,
      activityId: deeds.findLast(isOf)?.id ?? null,
      decision: toldOf(entry),
      state: "applied" as const,
    };
  });
  await insertLogEntries(tx, rows);
  if (smart.length === 0) return;
  await dispatch(
    ctx,
    tx,
    rows.map(({ seq }) => announce(conversation, smart, seq)),
  );
  record(tx, "activities.due", {});
}

/** A number is told once to each server: one of the members there hears it for all. */
function announce(conversation: ConversationRow, smart: readonly Participant[], seq: number): Dispatch {
  const first = new Map(smart.toReversed().map((person) => [person.host, person]));
  const detail: ActivityDetails["LogEntry"] = { seq };
  return {
    type: "LogEntry",
    actorId: conversation.keeperId!,
    conversationId: conversation.id,
    streamId: conversation.id,
    audience: smart.map(({ id }) => id),
    recipients: [...first.values()],
    detail: { ...detail },
    shownOn: null,
  };
}

/** What the keeper itself says in the log; null for what an author said. */
function toldOf(entry: Followed): Record<string, unknown> | null {
  if ("deed" in entry) return null;
  if ("decision" in entry) return { ...changeOf(entry.decision) };
  const { message, deletedBy: byId } = entry;
  const deleted: LoggedChange = { kind: "deleted", message: refOf(message), byId };
  return { ...deleted };
}

/** A decision as the log tells of it. Whoever makes another the owner is an admin from then on. */
function changeOf(decision: Decision): LoggedChange {
  switch (decision.type) {
    case "join":
    case "role":
      return { kind: "added", personId: decision.personId, role: decision.role, byId: decision.by };
    case "succeed": {
      const { personId, fromId: insteadId, role, by: byId } = decision;
      return { kind: "added", personId, role, byId, insteadId };
    }
    case "transfer":
      return { kind: "added", personId: decision.personId, role: "owner", byId: decision.by };
    case "leave":
      return { kind: "removed", personId: decision.personId, ban: false, byId: decision.personId };
    case "remove":
      return { kind: "removed", personId: decision.personId, ban: decision.ban, byId: decision.by };
    case "created":
      return { kind: "updated", facts: {}, byId: decision.by };
    case "facts":
      return { kind: "updated", facts: decision.facts, byId: decision.by };
  }
}

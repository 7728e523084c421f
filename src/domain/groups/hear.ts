import { isDeepStrictEqual } from "node:util";
import { lockConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import {
  findEntries,
  findEntriesAfter,
  findMessageOf,
  insertHeard,
  numberLeaving,
  setLogSeq,
  settleEntry,
  type LogEntryRow,
  type NewLogEntry,
} from "#db/log.ts";
import { takeUnnumbered } from "#db/unnumbered.ts";
import { findReplicaId, hasAgreed, scheduleReplica } from "#db/replicas.ts";
import { findGroupMembers } from "#db/groups.ts";
import { findPeopleByIds } from "#db/people.ts";
import type { ActivityId, ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { LoggedChange, NamedFacts } from "../outgoing/types.ts";
import { addressOf } from "../people.ts";
import { transact } from "../transact.ts";
import { applyDecisions } from "./apply.ts";
import type { Decision } from "./decision.ts";
import { buryHeard } from "./deletions.ts";
import { keepFacts, type HeardFacts } from "./heard-facts.ts";
import { giveNumber } from "./label.ts";
import { withdrawUnlogged } from "./unlogged.ts";

/** A change that the server which keeps a group decided, with the people whom it is about. */
export type HeardChange =
  | Exclude<LoggedChange, { kind: "updated" }>
  | { kind: "updated"; facts: HeardFacts; byId: PersonId | null };

/** A number of the log of a group that another server keeps. */
export interface HeardEntry {
  seq: number;
  epoch: number;
  said:
    | { kind: "nothing" }
    /** `ownId` when the activity is one of ours. */
    | { kind: "activity"; uri: string; digest: string | null; ownId: ActivityId | null }
    | { kind: "decision"; change: HeardChange };
}

export interface HearLog {
  /** Who signed it. */
  keeperId: PersonId;
  roomUri: string;
  /** In their order. */
  entries: readonly HeardEntry[];
  /** Set for what was asked for: all numbers after `after` that are for us; `newest` is the newest that there is. */
  page?: { after: number; newest: number };
}

export interface Heard {
  /** How far the log is taken now. */
  logSeq: number;
  /** Whether a number before others did not come. */
  lacks: boolean;
  /** How many numbers stand for something else than they did before. */
  reused: number;
}

/** Numbers that are kept ahead of one that is missing; what is dropped is asked for again. */
const AHEAD = 1_000;
/** What an author sent is given so long to come from them before it is fetched (milliseconds). */
const DIRECT_MS = 10_000;
/** A server that is heard is asked again only after this time (milliseconds). */
const HEARD_MS = 15 * 60_000;

/**
 * Takes numbers of the log of a group from the server that keeps it. Each counts as it came first. Decisions are made true
 * in their order; where a number lacks, those after it wait. Refuses
 * `not_found` where this server follows no such group of that keeper.
 */
export async function hearLog(ctx: Context, input: HearLog): Promise<Heard> {
  return await transact(ctx, async (tx) => {
    const conversation = await lockReplica(tx, input);
    const { id } = conversation;
    if (input.page) passOver(conversation, input.entries, input.page);
    const reused = await countReused(tx, id, input.entries);
    const known = await findEntriesAfter(tx, id, { after: conversation.logSeq, limit: AHEAD });
    const next = input.entries.filter(
      ({ seq }) => seq > conversation.logSeq && (known.length < AHEAD || seq <= known.at(-1)!.seq),
    );
    const rows = await Promise.all(next.map((entry) => rowOf(ctx, tx, { conversationId: id, entry })));
    const fresh = await insertHeard(tx, rows);
    // What came before leaves no trace.
    if (fresh.length === 0 && input.page === undefined)
      return { logSeq: conversation.logSeq, lacks: false, reused };
    for (const row of fresh)
      if (row.uri !== null || row.activityId !== null) await meet(tx, conversation, row);
    await advance(ctx, tx, conversation);
    const [ahead] = await findEntriesAfter(tx, id, { after: conversation.logSeq, limit: 1 });
    const lacks = ahead !== undefined || conversation.logSeq < (input.page?.newest ?? 0);
    const nextAskAt = new Date(ctx.now().getTime() + (lacks ? 0 : HEARD_MS));
    await scheduleReplica(tx, { conversationId: id, nextAskAt, attempts: 0 });
    return { logSeq: conversation.logSeq, lacks, reused };
  });
}

async function lockReplica(
  tx: Transaction,
  { keeperId, roomUri }: Pick<HearLog, "keeperId" | "roomUri">,
): Promise<ConversationRow> {
  const id = await findReplicaId(tx, { uri: roomUri, keeperId });
  const [conversation] = id === null ? [] : await lockConversations(tx, [id]);
  if (conversation === undefined) throw new Refusal("not_found");
  return conversation;
}

/** What the server leaves out of what it was asked for is not for us. */
function passOver(
  conversation: ConversationRow,
  entries: readonly HeardEntry[],
  { after, newest }: NonNullable<HearLog["page"]>,
): void {
  if (after !== conversation.logSeq) return;
  const first = entries[0]?.seq ?? newest + 1;
  conversation.logSeq = Math.max(conversation.logSeq, first - 1);
}

async function rowOf(
  ctx: Context,
  tx: Transaction,
  { conversationId, entry: { seq, epoch, said } }: { conversationId: ConversationId; entry: HeardEntry },
): Promise<NewLogEntry> {
  const row = { conversationId, seq, epoch, createdAt: ctx.now() };
  if (said.kind === "nothing") return { ...row, state: "withheld" };
  if (said.kind === "activity") {
    const nextAttemptAt = new Date(ctx.now().getTime() + DIRECT_MS);
    const { uri, digest, ownId: activityId } = said;
    return { ...row, uri, digest, activityId, state: "missing", nextAttemptAt };
  }
  const { change } = said;
  const decision =
    change.kind === "updated" ? { ...change, facts: await keepFacts(ctx, tx, change.facts) } : change;
  return { ...row, decision: decision as unknown as Record<string, unknown>, state: "missing" };
}

/** A number that came before stands for what it stood for then, whatever its server says now. */
async function countReused(
  tx: Transaction,
  id: ConversationId,
  entries: readonly HeardEntry[],
): Promise<number> {
  const known = await findEntries(
    tx,
    id,
    entries.map(({ seq }) => seq),
  );
  const before = new Map(known.map((row) => [row.seq, row]));
  return entries.filter(({ seq, said }) => {
    const row = before.get(seq);
    return row !== undefined && !isSaid(row, said);
  }).length;
}

/** Whether a number stands for this. A picture has another id here each time that it is heard of. */
function isSaid({ uri, digest, decision }: LogEntryRow, said: HeardEntry["said"]): boolean {
  if (said.kind === "nothing") return uri === null && decision === null;
  if (said.kind === "activity") return uri === said.uri && digest === said.digest;
  const was = decision as unknown as LoggedChange | null;
  return was !== null && isDeepStrictEqual(withoutPicture(was), withoutPicture(said.change));
}

function withoutPicture(change: LoggedChange | HeardChange): object {
  if (change.kind !== "updated") return change;
  const { pictureId: _id, pictureUrl: _url, ...facts }: NamedFacts & HeardFacts = change.facts;
  return { ...change, facts };
}

/** Puts a number together with the message that it is of, if that came already. */
async function meet(tx: Transaction, conversation: ConversationRow, row: LogEntryRow): Promise<void> {
  const { conversationId, seq, uri, digest, activityId } = row;
  // What came under that id and was something else is asked for again.
  const early = uri === null ? null : await takeUnnumbered(tx, conversationId, { uri, digest });
  const own = activityId === null ? null : await findMessageOf(tx, conversationId, activityId);
  const messageId = own ?? early?.messageId ?? null;
  if (messageId === null) return;
  await settleEntry(tx, row, { state: "applied", messageId });
  await giveNumber(tx, { conversation, messageId, seq });
}

/** Takes what follows without a gap. */
async function advance(ctx: Context, tx: Transaction, conversation: ConversationRow): Promise<void> {
  const waiting = await findEntriesAfter(tx, conversation.id, { after: conversation.logSeq, limit: AHEAD });
  for (const row of waiting) {
    if (row.seq !== conversation.logSeq + 1) break;
    conversation.logSeq = row.seq;
    if (row.decision !== null) await decide(ctx, tx, { conversation, row });
    conversation.chatEpoch = Math.max(conversation.chatEpoch, row.epoch);
  }
  await setLogSeq(tx, conversation);
}

async function decide(
  ctx: Context,
  tx: Transaction,
  { conversation, row }: { conversation: ConversationRow; row: LogEntryRow },
): Promise<void> {
  const change = row.decision as unknown as LoggedChange;
  if (change.kind === "deleted") {
    const buried = await buryHeard(ctx, tx, { conversation, change });
    await settleEntry(tx, row, {
      state: buried === null ? "withheld" : "applied",
      messageId: buried?.id ?? null,
    });
    return;
  }
  const decision = await decisionOf(ctx, tx, { conversation, change });
  const heard = { seq: row.seq, epoch: row.epoch };
  if (decision?.type === "remove") await withdrawUnlogged(ctx, tx, { conversation, ...decision });
  const notices =
    decision === null ? [] : await applyDecisions(ctx, tx, { conversation, decisions: [decision], heard });
  const state = decision === null ? "withheld" : "applied";
  // Whoever goes from here is gone at once; the log says later under which number.
  const earlier =
    decision?.type === "leave" && notices.length === 0
      ? await numberLeaving(tx, { conversationId: row.conversationId, personId: decision.personId }, row.seq)
      : null;
  const messageId = notices[0]?.id ?? earlier;
  await settleEntry(tx, row, { state, messageId });
}

type Membership = Exclude<LoggedChange, { kind: "deleted" }>;

/** What a change comes to here; null for one that concerns somebody here who never agreed to it. */
async function decisionOf(
  ctx: Context,
  tx: Transaction,
  { conversation, change }: { conversation: ConversationRow; change: Membership },
): Promise<Decision | null> {
  const by = change.byId ?? conversation.keeperId!;
  if (change.kind === "updated") return { type: "facts", by, facts: change.facts };
  const { personId } = change;
  if (change.kind === "removed")
    return personId === by ? { type: "leave", personId } : { type: "remove", personId, by, ban: change.ban };
  const members = await findGroupMembers(tx, conversation.id);
  const { role } = change;
  if (members.some(({ person }) => person.id === personId)) {
    if (role === null) return null;
    const owner = members.find(({ member }) => member.role === "owner")?.person.id;
    const isTransfer = role === "owner" && owner !== undefined && owner !== personId;
    return isTransfer ? { type: "transfer", personId, by: owner } : { type: "role", personId, role, by };
  }
  const [person] = await findPeopleByIds(tx, [personId]);
  const { insteadId: fromId } = change;
  const of = { personId, roomUri: conversation.uri!, keeperId: conversation.keeperId! };
  // Nobody here is put into a group by another server's word alone.
  if (person?.host === null && !(await hasAgreed(tx, of))) return null;
  if (fromId === undefined) return { type: "join", personId, role: role ?? "member", by };
  const [before] = await findPeopleByIds(tx, [fromId]);
  const isKnown = before?.movedTo === personId;
  const decider = isKnown ? personId : conversation.keeperId!;
  const fromAddress = before === undefined ? "" : addressOf(ctx, before);
  const place = { personId, fromId, fromAddress, role: role ?? "member" };
  return { type: "succeed", ...place, by: decider, isKnown };
}

import { insertAliases, insertConversation, insertMembers, lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { updateGroup } from "#db/groups.ts";
import { lockUri } from "#db/inbound.ts";
import { deleteMembers, findReplicaId, hasAgreed, hasLocalMember, scheduleReplica } from "#db/replicas.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import { usualPermissions, type Role } from "#lib/permissions.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { keepFacts, type HeardFacts } from "./heard-facts.ts";

export interface OfKeeper {
  roomUri: string;
  keeperId: PersonId;
}

/** Whether nothing of a group is known here yet, or nothing new since the last of our people went. */
export async function isAsleep(ctx: Context, { roomUri: uri, keeperId }: OfKeeper): Promise<boolean> {
  const id = await findReplicaId(ctx.db, { uri, keeperId });
  return id === null || !(await hasLocalMember(ctx.db, id));
}

/** Whether somebody of this server agreed to come into a group of that keeper. */
export async function isExpected(ctx: Context, of: OfKeeper & { personId: PersonId }): Promise<boolean> {
  return await hasAgreed(ctx.db, of);
}

export interface BeginReplica extends OfKeeper {
  facts: HeardFacts;
  epoch: number;
  /** Those of other servers; ours come in by the log. */
  members: readonly { personId: PersonId; role: Role }[];
  /** The number in the log with which the first of our people comes in. */
  seq: number;
}

/** Takes over how a group of another server is when the first of our people comes into it. One that is followed stays as it is. */
export async function beginReplica(ctx: Context, input: BeginReplica): Promise<void> {
  const { roomUri: uri, keeperId, seq } = input;
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const known = await findReplicaId(tx, { uri, keeperId });
    if (known !== null) await lockConversations(tx, [known]);
    if (known !== null && (await hasLocalMember(tx, known))) return;
    const facts = await keepFacts(ctx, tx, input.facts);
    const id = known ?? (await insertReplica(ctx, tx, input));
    await deleteMembers(tx, id);
    await updateGroup(tx, { id, ...facts, chatEpoch: input.epoch, logSeq: seq - 1 });
    await fill(tx, id, input);
    await scheduleReplica(tx, { conversationId: id, nextAskAt: ctx.now(), attempts: 0 });
  });
}

async function insertReplica(ctx: Context, tx: Transaction, input: BeginReplica): Promise<ConversationId> {
  const { roomUri: uri, keeperId } = input;
  const [id, createdAt] = [newId<"conversation">(), ctx.now()];
  await insertConversation(tx, {
    ...{ id, uri, keeperId, kind: "group", permissions: usualPermissions },
    ...{ createdBy: keeperId, createdAt, activityAt: createdAt },
  });
  await insertAliases(tx, [{ id, uri }]);
  return id;
}

async function fill(
  tx: Transaction,
  conversationId: ConversationId,
  { members }: BeginReplica,
): Promise<void> {
  if (members.length === 0) return;
  const rows = members.map((member, rank) => ({
    conversationId,
    ...member,
    state: "accepted" as const,
    rank,
  }));
  await insertMembers(tx, rows);
}

import { createHash } from "node:crypto";
import { findParticipants, lockConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findKeys, findMessagesByIds, findMessagesByUris, type MessageRow } from "#db/messages.ts";
import { findSights, type Sight } from "#db/receipts.ts";
import { findBlocksWithin, type BlockRow } from "#db/relations.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { countAskings, type Askings } from "../requests/quota.ts";
import { loadElsewhere, type Elsewhere } from "./form.ts";
import type { PostMessage } from "./post.ts";

/** What is true of the locked conversations before this batch, and of the batch so far. */
export interface Scene {
  conversations: Map<ConversationId, ConversationRow>;
  people: Map<ConversationId, Participant[]>;
  /** What each member is in their conversation. */
  roles: Map<string, Role>;
  /** Members who have not accepted their conversation. */
  hesitant: Set<string>;
  /** Members of this server who go on as another account. */
  moved: Set<PersonId>;
  /** Who of their members blocks whom. */
  blocks: BlockRow[];
  /** What their authors have asked of those who have not accepted. */
  askings: Askings;
  replies: Map<MessageId, MessageRow>;
  keys: Map<string, { digest: string; messageId: MessageId }>;
  earlier: Map<string, MessageRow>;
  elsewhere: Elsewhere;
  /** What the others would see of how far the authors here have read, by member. */
  sights: Map<string, Sight>;
}

/** Locks the conversations of a batch and reads what decides about its messages. */
export async function loadScene(
  ctx: Context,
  tx: Transaction,
  inputs: readonly PostMessage[],
): Promise<Scene> {
  const ids = [...new Set(inputs.map(({ conversationId }) => conversationId))];
  const replyIds = inputs.flatMap(({ inReplyTo }) => inReplyTo ?? []);
  // One round trip: the connection runs them in this order, so everything is read under the lock.
  const [locked, members, blocks, replies, keys, byUri, sights] = await Promise.all([
    lockConversations(tx, ids),
    findParticipants(tx, ids),
    findBlocksWithin(tx, ids),
    findMessagesByIds(tx, replyIds),
    findKeys(
      tx,
      inputs.flatMap((input) => keyOf(input) ?? []),
    ),
    findMessagesByUris(
      tx,
      inputs.flatMap(({ remote }) => remote?.uri ?? []),
    ),
    findSights(tx, writersOf(inputs)),
  ]);
  // What comes from elsewhere says itself in which form, and asks no other server.
  const spoken = new Set(inputs.flatMap(({ remote, conversationId }) => (remote ? [] : conversationId)));
  const hesitating = members.filter(({ state, person }) => state !== "accepted" && person.host === null);
  const [byKey, elsewhere, askings] = await Promise.all([
    findMessagesByIds(
      tx,
      keys.map(({ messageId }) => messageId as MessageId),
    ),
    loadElsewhere(
      ctx,
      tx,
      members.filter(({ conversationId }) => spoken.has(conversationId)),
    ),
    countAskings(ctx, tx, { asked: inputs, hesitant: hesitating.map(({ person }) => person.id) }),
  ]);
  const earlier = new Map<string, MessageRow>([...byUri.map((row) => [row.uri!, row] as const)]);
  for (const row of byKey) earlier.set(row.id, row);
  return {
    conversations: new Map(locked.map((row) => [row.id, row])),
    ...sortMembers(members),
    blocks,
    askings,
    replies: new Map(replies.map((row) => [row.id, row])),
    keys: new Map(
      keys.map((row) => [keyName(row), { digest: row.digest, messageId: row.messageId as MessageId }]),
    ),
    earlier,
    elsewhere,
    sights: new Map(sights.map((row) => [memberName(row.conversationId, row.personId), row])),
  };
}

function sortMembers(members: Awaited<ReturnType<typeof findParticipants>>) {
  const people = new Map<ConversationId, Participant[]>();
  const hesitant = new Set<string>();
  const roles = new Map<string, Role>();
  const moved = new Set<PersonId>();
  for (const { conversationId, state, role, movedTo, person } of members) {
    if (movedTo !== null && person.host === null) moved.add(person.id);
    roles.set(memberName(conversationId, person.id), role);
    if (state !== "accepted") hesitant.add(memberName(conversationId, person.id));
    const others = people.get(conversationId);
    if (others === undefined) people.set(conversationId, [person]);
    else others.push(person);
  }
  return { people, hesitant, moved, roles };
}

/** The people here who write, once for each conversation. */
function writersOf(inputs: readonly PostMessage[]) {
  const own = inputs.filter(({ remote }) => remote === undefined);
  const writers = own.map(({ conversationId, authorId: personId }) => ({ conversationId, personId }));
  return [...new Map(writers.map((at) => [memberName(at.conversationId, at.personId), at])).values()];
}

/** Under which key a send is known; null for one that has none. */
export function keyOf(input: PostMessage) {
  return input.idempotency ? { personId: input.authorId, ...input.idempotency } : null;
}

/** One name for a member of a conversation. */
export function memberName(conversationId: ConversationId, personId: PersonId): string {
  return `${conversationId} ${personId}`;
}

/** One name for the key of a send. */
export function keyName(key: { personId: string; client: string; key: string }): string {
  return `${key.personId} ${key.client} ${key.key}`;
}

/** What a key was used for. */
export function digestOf(input: PostMessage): string {
  const forwarded = input.forwarded === true ? ["forwarded"] : [];
  const said = JSON.stringify([input.conversationId, input.text, input.inReplyTo ?? null, ...forwarded]);
  return createHash("sha256").update(said).digest("base64url");
}

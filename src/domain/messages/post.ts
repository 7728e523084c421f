import { isUniqueViolation, type Transaction } from "#db/connect.ts";
import type { ConversationRow } from "#db/conversations.ts";
import type { MessageRow } from "#db/messages.ts";
import type { NewMessage } from "#db/posts.ts";
import { findDeliveryStates } from "#db/outbox.ts";
import { newId, type ConversationId, type MessageId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { nextSeq } from "../groups/log.ts";
import { checkMay } from "../groups/permit.ts";
import type { DeliveryState } from "../read.ts";
import { limitRequests } from "../requests/quota.ts";
import { checkAllowed } from "../roles.ts";
import { isLeaving } from "../tell.ts";
import { transact } from "../transact.ts";
import { addressMessage } from "./addressing.ts";
import { expiryOf } from "./expire.ts";
import { checkReadable, formOf, type MessageForm } from "./form.ts";
import { namedIn } from "./mentions.ts";
import { digestOf, keyName, keyOf, loadScene, memberName, type Scene } from "./scene.ts";
import { store, type Fresh } from "./store.ts";
import { checkText } from "./text.ts";
import { createWriters } from "./writer.ts";
import { checkHeard, findKept } from "./withhold.ts";

/** A message that somebody of this server sends. */
export interface PostMessage {
  conversationId: ConversationId;
  authorId: PersonId;
  text: string;
  inReplyTo?: MessageId | null;
  /** The words are somebody else's. */
  forwarded?: boolean;
  /** Makes a repeated send harmless; scoped by the account and the client. */
  idempotency?: { client: string; key: string };
  /** Set for a message that came from another server. */
  remote?: RemoteMessage;
}

export interface RemoteMessage {
  uri: string;
  form: MessageForm;
  html: string | null;
  sentAt: Date;
  audience: PersonId[];
  /** The audience with their names, so that whoever is not in the conversation can be named. */
  recipients?: readonly Participant[];
  /** The epoch of its group in which it was sent, as its author's server knew it. */
  chatEpoch?: number | null;
  /** Names by which its server calls the conversation. */
  aliases: string[];
  /** Not its author's server says so, which is gone, but the one that keeps the group. */
  vouched?: boolean;
}

export interface Posted {
  message: MessageRow;
  /** The very same send was made before. */
  repeated: boolean;
  /** How other servers have taken it so far. */
  deliveries: DeliveryState[];
}

/**
 * The one way in which messages come into being, typed here or received. Answers per item: one item's refusal does
 * not touch the others. The conversations' rows are locked before anything is read, so numbers are gapless.
 */
export async function postMessages(
  ctx: Context,
  inputs: readonly PostMessage[],
): Promise<(Posted | Refusal)[]> {
  try {
    return await transact(ctx, (tx) => postLocked(ctx, tx, inputs));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // The same key was used at the same moment in another conversation: what won is visible now.
    const singly: (Posted | Refusal)[] = [];
    for (const input of inputs) singly.push(...(await transact(ctx, (tx) => postLocked(ctx, tx, [input]))));
    return singly;
  }
}

const writers = new WeakMap<Context, (input: PostMessage) => Promise<Posted | Refusal>>();

/** Posts one message, together with those that others send meanwhile; throws its refusal. */
export async function postMessage(ctx: Context, input: PostMessage): Promise<Posted> {
  if (input.remote === undefined) await checkAllowed(ctx, { personId: input.authorId, permission: "write" });
  const write =
    writers.get(ctx) ??
    createWriters(async (inputs: readonly PostMessage[]) => {
      // A batch that fails comes again one by one.
      if (inputs.length === 1) return await postMessages(ctx, inputs);
      return await transact(ctx, (tx) => postLocked(ctx, tx, inputs));
    });
  writers.set(ctx, write);
  return take([await write(input)]);
}

/** Posts one message within a transaction that is open already. */
export async function postOne(ctx: Context, tx: Transaction, input: PostMessage): Promise<Posted> {
  return take(await postLocked(ctx, tx, [input]));
}

function take([result]: (Posted | Refusal)[]): Posted {
  if (result instanceof Refusal) throw result;
  if (result === undefined) throw new Error("a message went in and no answer came out");
  return result;
}

async function postLocked(ctx: Context, tx: Transaction, inputs: readonly PostMessage[]) {
  const scene = await loadScene(ctx, tx, inputs);
  const fresh: Fresh[] = [];
  const results = inputs.map((input): Refusal | { row: NewMessage } | { earlier: MessageRow | MessageId } => {
    try {
      const repeated = findRepeated(scene, input);
      if (repeated !== null) return { earlier: repeated };
      const row = numberMessage(ctx, scene, input);
      remember(scene, input, row);
      fresh.push({ input, row });
      return { row };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  });
  const inserted = await store(ctx, tx, { scene, fresh });
  const posted = results.map((result) => {
    if (result instanceof Refusal) return result;
    if ("row" in result) return { message: inserted.get(result.row.id)!, repeated: false };
    const { earlier } = result;
    return { message: typeof earlier === "string" ? inserted.get(earlier)! : earlier, repeated: true };
  });
  return await addDeliveries(tx, scene, posted);
}

/** Asks only for messages that other servers are told of. */
async function addDeliveries(
  tx: Transaction,
  { people }: Scene,
  posted: readonly (Omit<Posted, "deliveries"> | Refusal)[],
): Promise<(Posted | Refusal)[]> {
  const messages = posted.flatMap((item) => (item instanceof Refusal ? [] : [item.message]));
  const leaving = messages.filter((message) =>
    isLeaving({ message, people: people.get(message.conversationId) ?? [] }),
  );
  const states = await findDeliveryStates(
    tx,
    leaving.map(({ id }) => id),
  );
  const byMessage = Map.groupBy(states, ({ messageId }) => messageId);
  return posted.map((item) =>
    item instanceof Refusal ? item : { ...item, deliveries: byMessage.get(item.message.id) ?? [] },
  );
}

/** The message that this very send made before; refuses a key that was used for something else. */
function findRepeated(scene: Scene, input: PostMessage): MessageRow | MessageId | null {
  if (input.remote !== undefined) return scene.earlier.get(input.remote.uri) ?? null;
  const key = keyOf(input);
  const used = key && scene.keys.get(keyName(key));
  if (!used) return null;
  if (used.digest !== digestOf(input)) throw new Refusal("key_reused", { field: "key" });
  return scene.earlier.get(used.messageId) ?? used.messageId;
}

/** Checks the rules for one message and gives it the conversation's next numbers. */
function numberMessage(ctx: Context, scene: Scene, input: PostMessage): NewMessage {
  const conversation = scene.conversations.get(input.conversationId);
  const people = scene.people.get(input.conversationId) ?? [];
  const role = scene.roles.get(memberName(input.conversationId, input.authorId));
  if (conversation === undefined || role === undefined) throw new Refusal("not_found");
  checkMay(conversation, role, "write");
  checkMoved(scene, { ...input, people, conversation });
  const text = checkText(ctx, input);
  const kept = findKept(scene.blocks, { ...input, people });
  if (input.remote === undefined) checkReadable(scene.elsewhere, people, text);
  const inReplyTo = input.inReplyTo ?? null;
  const parent = inReplyTo === null ? null : scene.replies.get(inReplyTo);
  if (inReplyTo !== null && !isShown(parent, input)) {
    throw new Refusal("reply_elsewhere", { field: "inReplyTo" });
  }
  // Whoever is blocked is told of their own limits like everybody else.
  const withheldFrom = limitRequests(ctx, scene.askings, { ...input, people, kept });
  checkHeard(kept, { ...input, people });
  const addressing = addressMessage(ctx, { ...input, conversation, people, remote: input.remote });
  conversation.revision += 1;
  conversation.position += 1;
  const now = ctx.now();
  return {
    id: newId<"message">(),
    conversationId: conversation.id,
    authorId: input.authorId,
    uri: input.remote?.uri ?? null,
    position: conversation.position,
    revision: conversation.revision,
    text,
    html: input.remote?.html ?? null,
    form: input.remote?.form ?? formOf(scene.elsewhere, conversation.id, people),
    inReplyTo,
    forwarded: input.forwarded ?? false,
    notice: null,
    seq: nextSeq(conversation),
    ...addressing,
    vouched: input.remote?.vouched ?? false,
    expiresAt: expiryOf(now, conversation.expireAfter),
    withheldFrom: [...new Set([...withheldFrom, ...addressing.omitted])],
    mentions: namedIn(ctx, { text, authorId: input.authorId, people }),
    key: input.idempotency?.key ?? null,
    sentAt: input.remote?.sentAt ?? now,
    receivedAt: now,
  };
}

/** Who has moved writes, and is written to alone, where they live now. */
function checkMoved(
  { moved }: Scene,
  of: { authorId: PersonId; people: readonly Participant[]; conversation: ConversationRow },
): void {
  const { authorId, people, conversation } = of;
  if (moved.has(authorId)) throw new Refusal("you_moved");
  const others = people.filter(({ id }) => id !== authorId);
  const isToMoved = others.length === 1 && others.every(({ id }) => moved.has(id));
  if (isToMoved && conversation.kind === "direct") throw new Refusal("recipient_moved");
}

/** Whether a message stands in the conversation of another and is not kept from its author. */
function isShown(parent: MessageRow | null | undefined, { conversationId, authorId }: PostMessage): boolean {
  const stands = parent?.conversationId === conversationId && parent.notice === null;
  return stands && !parent.withheldFrom.includes(authorId);
}

/** Makes the rest of the batch see this message: its key, its address, and itself as a parent. */
function remember(scene: Scene, input: PostMessage, row: NewMessage): void {
  const key = keyOf(input);
  if (key !== null) scene.keys.set(keyName(key), { digest: digestOf(input), messageId: row.id });
}

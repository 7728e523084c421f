import { findConversation, findIdsByAlias } from "#db/conversations.ts";
import { findPeopleByIds } from "#db/people.ts";
import { findTypingAudience } from "#db/signals.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { loadCircle } from "./presence.ts";

/** Whether somebody is there, over all their devices. */
export type There = "online" | "idle" | "offline";

/** What is told to whoever listens now, and never stored. Beside domain events it travels between the nodes of this server. */
export type Signal =
  /** Somebody writes; `to` are people of this server, `abroad` those whose own server is told. */
  | {
      signal: "typing";
      conversationId: ConversationId;
      personId: PersonId;
      to: PersonId[];
      abroad: PersonId[];
    }
  /** What the sockets of one node say of some people. */
  | { signal: "sessions"; node: string; people: [PersonId, There][] }
  /** A node still runs; one that says nothing for a while has no sockets any more. */
  | { signal: "alive"; node: string }
  /** A node has come, or come back, and knows nobody yet. */
  | { signal: "joined" }
  /** Another server tells some of our people of one of its own. */
  | { signal: "heard"; personId: PersonId; to: PersonId[]; about: Heard };

export type SignalOf<Name extends Signal["signal"]> = Extract<Signal, { signal: Name }>;

/** What another server says of somebody. */
export interface Heard {
  state: There;
  /** `until` as ISO 8601; null for one that stays. */
  status: { text: string; until: string | null } | null;
}

/** Tells the others of a conversation that somebody writes, as far as both sides share it; a stranger tells nobody. */
export async function signalTyping(
  ctx: Context,
  { personId, conversationId }: { personId: PersonId; conversationId: ConversationId },
): Promise<void> {
  const others = await findTypingAudience(ctx.db, personId, [conversationId]);
  const to = others.filter(({ host }) => host === null).map(({ id }) => id);
  const abroad = others.filter(({ signals }) => signals !== null).map(({ id }) => id);
  if (others.length > 0) ctx.signal({ signal: "typing", personId, conversationId, to, abroad });
}

/** Which conversation somebody writes in, and whose servers are told. */
export async function describeTyping(ctx: Context, { conversationId, abroad }: SignalOf<"typing">) {
  const [conversation, people] = await Promise.all([
    findConversation(ctx.db, conversationId),
    findPeopleByIds(ctx.db, abroad),
  ]);
  if (conversation === null) throw new Refusal("not_found");
  return { conversation, people };
}

/** What another server tells of one of its people. */
interface Told {
  personId: PersonId;
  /** Whom of ours it is told to. */
  to: readonly PersonId[];
}

export interface ReceiveTyping extends Told {
  /** Which of our conversations it may be, by their ids and by the names that others have for them. */
  conversationIds: readonly ConversationId[];
  aliases: readonly string[];
}

/** Takes that somebody of another server writes; refuses what is nobody's business here, or could be two conversations'. */
export async function receiveTyping(ctx: Context, input: ReceiveTyping): Promise<void> {
  const { personId } = input;
  const ids = [...input.conversationIds, ...(await findIdsByAlias(ctx.db, personId, input.aliases))];
  const others = await findTypingAudience(ctx.db, personId, ids);
  const seeing = others.filter(({ id, host }) => host === null && input.to.includes(id));
  const [conversationId, ...more] = new Set(seeing.map((other) => other.conversationId));
  if (conversationId === undefined || more.length > 0) throw new Refusal("not_found");
  ctx.signal({ signal: "typing", personId, conversationId, to: seeing.map(({ id }) => id), abroad: [] });
}

/** Takes whether somebody of another server is there; only those of ours hear it who stand beside them and share as much. */
export async function receivePresence(ctx: Context, input: Told & { about: Heard }): Promise<void> {
  const { personId, about } = input;
  const circle = await loadCircle(ctx, personId);
  const to = circle
    .filter(({ id, host, visible }) => host === null && visible && input.to.includes(id))
    .map(({ id }) => id);
  if (to.length === 0) throw new Refusal("not_found");
  ctx.signal({ signal: "heard", personId, to, about });
}

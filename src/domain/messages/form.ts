import type { Queryable } from "#db/connect.ts";
import { findLastForms, type MessageRow } from "#db/messages.ts";
import { findSoftware } from "#db/peers.ts";
import type { ConversationId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { findSilent } from "../server-rules.ts";
import { canTake, takesChatsOnly, type Software } from "../reach.ts";

/** Under which type of object a message travels. */
export type MessageForm = MessageRow["form"];

/** What is known of the servers of the people to whom messages go. */
export interface Elsewhere {
  /** What they run, by their names. */
  software: ReadonlyMap<string, Software>;
  /** Servers with which nothing passes. */
  silent: ReadonlySet<string>;
  /** In which form the newest message from there came into each conversation. */
  forms: ReadonlyMap<ConversationId, MessageForm>;
}

/** Loads what must be known of other servers before something is said to them; nothing when nobody lives there. */
export async function loadElsewhere(
  ctx: Context,
  q: Queryable,
  members: readonly { conversationId: ConversationId; person: Participant }[],
): Promise<Elsewhere> {
  const remote = members.filter(({ person }) => person.host !== null);
  const hosts = new Set(remote.flatMap(({ person }) => person.host ?? []));
  const ids = new Set(remote.map(({ conversationId }) => conversationId));
  const [software, silent, forms] = await Promise.all([
    findSoftware(q, [...hosts]),
    findSilent(ctx, q, [...hosts]),
    findLastForms(q, [...ids]),
  ]);
  return {
    silent,
    software: new Map(software.map((row) => [row.host, row])),
    forms: new Map(forms.map(({ id, form }) => [id, form])),
  };
}

/** In a conversation of two, refuses what the other's server cannot take; in a larger one, others can. */
export function checkReadable(elsewhere: Elsewhere, people: readonly Participant[], text: string): void {
  if (people.length > 2) return;
  if (people.some(({ host }) => host !== null && elsewhere.silent.has(host)))
    throw new Refusal("server_suspended");
  if (serversOf(elsewhere, people).some((server) => !canTake(server, people.length, text)))
    throw new Refusal("cannot_receive", { field: "text" });
}

/** Some servers want what is said between two answered in kind; to more people, every message is a Note. */
export function formOf(
  elsewhere: Elsewhere,
  id: ConversationId,
  people: readonly Participant[],
): MessageForm {
  if (people.length !== 2) return "Note";
  const isChat = elsewhere.forms.get(id) === "ChatMessage";
  return isChat || serversOf(elsewhere, people).some(takesChatsOnly) ? "ChatMessage" : "Note";
}

function serversOf({ software }: Elsewhere, people: readonly Participant[]): Software[] {
  return people.flatMap(({ host }) => software.get(host ?? "") ?? []);
}

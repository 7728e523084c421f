import type { Message } from "#protocol/types.ts";

/** The place of a message in the client: whoever may see it finds it there. */
export function placeOf({ conversationId, id }: Pick<Message, "conversationId" | "id">): string {
  return `/c/${conversationId}/m/${id}`;
}

/** The conversation that a path of the client opens. */
export function conversationIn(path: string): string | null {
  return /^\/c\/([^/]+)/.exec(path)?.[1] ?? null;
}

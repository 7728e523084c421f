import type { Message } from "#protocol/types.ts";

/** Deeper answers stand where these do: a narrow pane has no more room. */
const deepest = 4;

/** How deep each message of a chain stands below its root, by id. */
export function depthsOf(messages: readonly Message[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { id, inReplyTo } of messages) {
    const above = inReplyTo === null ? undefined : depths.get(inReplyTo);
    depths.set(id, above === undefined ? 0 : Math.min(above + 1, deepest));
  }
  return depths;
}

/** Whether a change of a message concerns a chain: it is part of it, or answers a part. */
export function concerns(messages: readonly Message[], changed: Message): boolean {
  return messages.some(({ id }) => id === changed.id || id === changed.inReplyTo);
}

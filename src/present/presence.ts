import type { There } from "#domain/signals.ts";
import type { Presence } from "#protocol/types.ts";

/** What somebody shows of themselves, as far as it is not a matter of sockets. */
export interface Shown {
  personId: string;
  state: There;
  text: string | null;
  until: Date | null;
}

/** Whether somebody is there, as others see it; of whoever is offline nothing else is said, so that nobody can tell why. */
export function presentPresence({ personId, state, text, until }: Shown, now: Date): Presence {
  const isSaid = state !== "offline" && text !== null && (until === null || until > now);
  return { personId, state, status: isSaid ? { text, until: until?.toISOString() ?? null } : null };
}

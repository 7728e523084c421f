import type { Message } from "#protocol/types.ts";

type Passing = Pick<Message, "expiresAt" | "expired">;

/** Whether a message has had its time, by the server's word or by the clock here (`now`), whichever is first. */
export function isOver({ expiresAt, expired }: Passing, now: number): boolean {
  return expired || (expiresAt !== null && Date.parse(expiresAt) <= now);
}

/** When the first of these messages disappears that are still there; null when all of them stay. */
export function nextEnd(messages: readonly Passing[], now: number): number | null {
  const ends = messages.flatMap((message) =>
    message.expiresAt === null || isOver(message, now) ? [] : [Date.parse(message.expiresAt)],
  );
  return ends.length === 0 ? null : ends.reduce((one, other) => Math.min(one, other));
}

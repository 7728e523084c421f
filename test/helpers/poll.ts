import { setTimeout as delay } from "node:timers/promises";

/** Asks again and again until the answer is neither undefined nor false; throws with `what` after the deadline (ms). */
export async function poll<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  deadline = 30_000,
): Promise<Answer> {
  const began = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - began > deadline) throw new Error(`waited ${deadline} ms in vain: ${what}`);
    await delay(20);
  }
}

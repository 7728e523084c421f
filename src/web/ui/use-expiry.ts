import { useEffect, useState } from "preact/hooks";
import type { Message } from "#protocol/types.ts";
import { nextEnd } from "../domain/expiry.ts";

/** A timer takes no more milliseconds. */
const longest = 2 ** 31 - 1;

/** Renders again whenever one of these messages has had its time; answers the time. */
export function useExpiry(messages: readonly Message[]): number {
  const [now, setNow] = useState(Date.now);
  const next = nextEnd(messages, now);
  useEffect(() => {
    if (next === null) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(next - Date.now(), longest));
    return () => clearTimeout(timer);
  }, [next, now]);
  return now;
}

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Message } from "#protocol/types.ts";
import { isOver, nextEnd } from "../domain/expiry.ts";
import { waitFor } from "../domain/wait.ts";
import { useClient } from "./context.ts";

/** Renders again whenever one of these messages has had its time; answers the server's time. */
export function useExpiry(messages: readonly Message[]): number {
  const { clock } = useClient();
  const [looks, setLooks] = useState(0);
  const ahead = clock.ahead.value;
  const now = useMemo(clock.now, [clock, ahead, looks]);
  const next = nextEnd(messages, now);
  useEffect(() => {
    if (next === null) return;
    const timer = setTimeout(() => setLooks(looks + 1), waitFor(next, clock.now()));
    return () => clearTimeout(timer);
  }, [clock, next, looks]);
  return now;
}

/** Those of the messages that have not had their time. */
export function useUnexpired(messages: readonly Message[]): readonly Message[] {
  const now = useExpiry(messages);
  return useMemo(() => messages.filter((message) => !isOver(message, now)), [messages, now]);
}

import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { placeOf } from "../domain/links.ts";
import type { ReadingPlace, Thread } from "../domain/thread.ts";
import type { Message } from "#protocol/types.ts";
import { useClient } from "./context.ts";
import { failureText } from "./refusals.ts";

/** What an entry of the browser's history keeps of where its reader was when they jumped away. */
interface Left {
  place: ReadingPlace | null;
}

/** Jumps to a message of the open conversation; Back in the browser returns to where the reader was. */
export function useJump(thread: Thread): (message: Pick<Message, "conversationId" | "id">) => void {
  const { route, path } = useLocation();
  const tell = useTellFailure();
  return (message) => {
    const to = placeOf(message);
    if (to === path) {
      thread.seek(message.id).catch(tell);
      return;
    }
    history.replaceState({ place: thread.here() } satisfies Left, "");
    route(to);
  };
}

/** Opens a conversation where its address asks for: at a message, or where its reader was before a jump. */
export function useArrival(thread: Thread, message: string | null): void {
  const tell = useTellFailure();
  const sought = useClient().sought.value;
  useEffect(() => {
    const left = history.state as Partial<Left> | null;
    if (left?.place !== undefined) {
      history.replaceState(null, "");
      thread.returnTo(left.place).catch(tell);
    } else if (message !== null) thread.seek(message).catch(tell);
    // `tell` says the same whichever render it is of.
  }, [thread, message, sought]);
}

function useTellFailure(): (error: unknown) => void {
  const { notices } = useClient();
  return (error) => notices.say(failureText(error));
}

import { useEffect, useState } from "preact/hooks";
import type { Message } from "#protocol/types.ts";
import { personOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { summaryOf } from "./lines.ts";
import { nameOf } from "./names.ts";

const pause = 600;
const most = 3;

/** Tells screen readers of new messages, once each; many at once as a number. */
export function Announcer({ id }: { id: string }) {
  const { store, relations, tabs, clock } = useClient();
  const [said, say] = useState("");
  useEffect(() => {
    let waiting: Message[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      timer = undefined;
      const conversation = store.conversation(id)?.conversation;
      const sentence = (message: Message) => {
        const author = conversation && personOf(conversation, message.authorId);
        return t("log.said", { name: nameOf(author), text: summaryOf(message, clock.now()) });
      };
      say(
        waiting.length > most
          ? t("log.saidMany", { count: waiting.length })
          : waiting.map(sentence).join(" "),
      );
      waiting = [];
    };
    const stop = store.arrival.subscribe((message) => {
      if (message?.conversationId !== id || relations.silences(message.authorId) || !tabs.speaks) return;
      waiting.push(message);
      timer ??= setTimeout(speak, pause);
    });
    // What came before this conversation was opened is not news.
    clearTimeout(timer);
    timer = undefined;
    waiting = [];
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, relations, tabs, id]);
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  );
}

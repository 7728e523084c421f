import type { ComponentChildren } from "preact";
import type { Message } from "#protocol/types.ts";
import { fullTime, listTime } from "./format.ts";
import "../styles/found.css";

interface FoundProps {
  message: Message;
  /** Its author. */
  who: string;
  /** The conversation it stands in, where that is not clear. */
  where: string | null;
  /** Its words. */
  children: ComponentChildren;
}

/** A message outside of its conversation: who said it, where and when, and its first lines. */
export function Found({ message, who, where, children }: FoundProps) {
  return (
    <>
      <span class="found-top">
        <bdi class="clipped found-who">{who}</bdi>
        {where !== null && <bdi class="clipped muted">· {where}</bdi>}
        <time dateTime={message.receivedAt} title={fullTime(message.receivedAt)}>
          {listTime(message.receivedAt)}
        </time>
      </span>
      <span class="found-text" dir="auto">
        {children}
      </span>
    </>
  );
}

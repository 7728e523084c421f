import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { List } from "../domain/lists.ts";
import { useClient } from "./context.ts";
import { ConversationItem } from "./conversation-item.tsx";
import type { Point } from "./floating.tsx";
import { later, Later } from "./later.tsx";

const ConversationMenu = later(() =>
  import("./conversation-menu.tsx").then(({ ConversationMenu }) => ConversationMenu),
);

/** Rows beyond both ends of the view that are in the document too. */
const spare = 8;
/** A row's height in rem, as the style sheet says. */
const rowHeight = 4.5;

interface RowsProps {
  list: List;
  label: string;
  open: string | null;
}

/** Where something was asked to be done with a conversation. */
interface Asked {
  id: string;
  source: Element;
  at: Point | null;
}

/** The conversations of a list: only those in view are in the document, however many there are; one of them is the tab stop. */
export function ConversationRows({ list, label, open }: RowsProps) {
  const { lists } = useClient();
  const conversations = lists.shown(list).value;
  const more = lists.hasMore(list);
  const { view, first, last, reveal } = useView(conversations.length);
  const [asked, ask] = useState<Asked | null>(null);
  const { stop, onKeyDown } = useStop({ conversations, open, reveal });
  useEffect(() => {
    if (more && last >= conversations.length - spare) void lists.loadMore(list);
  }, [lists, list, more, last, conversations.length]);
  const subject = conversations.find(({ conversation }) => conversation.id === asked?.id);
  return (
    <div class="conversations" ref={view}>
      <ul
        class="conversation-rows"
        aria-label={label}
        style={{ blockSize: `${conversations.length * rowHeight}rem` }}
        onKeyDown={onKeyDown}
      >
        {conversations.map((known, index) => {
          const { id } = known.conversation;
          if ((index < first || index > last) && id !== stop) return null;
          return (
            <ConversationItem
              key={id}
              known={known}
              place={{ index, count: more ? -1 : conversations.length, top: `${index * rowHeight}rem` }}
              isOpen={id === open}
              isStop={id === stop}
              onAsk={(source, at) => ask({ id, source, at })}
            />
          );
        })}
      </ul>
      {asked !== null && subject !== undefined && (
        <Later>
          <ConversationMenu known={subject} source={asked.source} at={asked.at} onClose={() => ask(null)} />
        </Later>
      )}
    </div>
  );
}

/** Which rows are in view, and a way to bring one there. */
function useView(count: number) {
  const view = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, last: 2 * spare });
  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    const look = () => {
      const row = rowPixels();
      const first = Math.max(0, Math.floor(element.scrollTop / row) - spare);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / row) + spare;
      setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [count]);
  function reveal(index: number) {
    const element = view.current;
    if (element === null) return;
    const row = rowPixels();
    const most = index * row;
    const least = most + row - element.clientHeight;
    element.scrollTop = Math.min(most, Math.max(least, element.scrollTop));
  }
  return { view, ...range, reveal };
}

interface StopInput {
  conversations: readonly ConversationState[];
  open: string | null;
  reveal: (index: number) => void;
}

/** The one row that Tab leads to, moved by the arrow keys, Home and End. */
function useStop({ conversations, open, reveal }: StopInput) {
  const [chosen, choose] = useState<string | null>(null);
  const moved = useRef(false);
  const indexOf = (id: string | null) =>
    conversations.findIndex(({ conversation }) => conversation.id === id);
  const at = Math.max(0, indexOf(indexOf(chosen) >= 0 ? chosen : open));
  const stop = conversations[at]?.conversation.id ?? null;
  useLayoutEffect(() => {
    if (!moved.current || stop === null) return;
    moved.current = false;
    document.querySelector<HTMLElement>(`.conversation[data-id="${CSS.escape(stop)}"]`)?.focus();
  }, [stop]);
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const focused = event.target instanceof HTMLElement ? (event.target.dataset["id"] ?? null) : null;
    const from = Math.max(0, indexOf(focused));
    const to = Math.min(conversations.length - 1, Math.max(0, from + step));
    reveal(to);
    moved.current = true;
    const id = conversations[to]?.conversation.id ?? null;
    if (id === stop && event.currentTarget instanceof HTMLElement)
      event.currentTarget
        .querySelector<HTMLElement>(`.conversation[data-id="${CSS.escape(id ?? "")}"]`)
        ?.focus();
    choose(id);
  }
  return { stop, onKeyDown };
}

function rowPixels(): number {
  return rowHeight * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

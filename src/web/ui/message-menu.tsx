import type { ComponentChildren } from "preact";
import type { Message } from "#protocol/types.ts";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Thread } from "../domain/thread.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { CopyIcon, InfoIcon, PencilIcon, ReplyIcon, TrashIcon } from "./icons.tsx";
import type { MessageActions } from "./message-actions.ts";
import { moveInList } from "./regions.ts";

interface MenuProps {
  thread: Thread;
  actions: MessageActions;
  message: Message;
  source: HTMLElement;
}

interface Item {
  label: TextId;
  icon: ComponentChildren;
  danger?: boolean;
  choose: () => void;
}

/** What can be done with a message: beside it on a large screen, at the bottom of a small one. */
export function MessageMenu({ thread, actions, message, source }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const me = useClient().store.state.value.me;
  useLayoutEffect(() => {
    menu.current?.showPopover({ source });
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [source]);
  function choose(item: Item) {
    menu.current?.hidePopover();
    actions.close();
    item.choose();
  }
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      popover="auto"
      aria-label={t("message.more")}
      onToggle={(event) => {
        if (event.newState === "closed" && actions.open.peek()?.kind === "menu") actions.close();
      }}
      onKeyDown={(event) => moveInList(event, "[role=menuitem]")}
    >
      {itemsFor({ message, thread, actions, isOwn: message.authorId === me }).map((item) => (
        <button
          key={item.label}
          type="button"
          class="menu-item"
          role="menuitem"
          tabIndex={-1}
          data-danger={item.danger === true}
          onClick={() => choose(item)}
        >
          {item.icon}
          {t(item.label)}
        </button>
      ))}
    </div>
  );
}

function itemsFor({
  message,
  thread,
  actions,
  isOwn,
}: Omit<MenuProps, "source"> & { isOwn: boolean }): Item[] {
  const { body } = message;
  const text = body !== null && "text" in body ? body.text : null;
  const items: Item[] = [];
  if (body !== null)
    items.push({ label: "message.reply", icon: <ReplyIcon />, choose: () => thread.reply(message) });
  if (text !== null) {
    items.push({
      label: "message.copy",
      icon: <CopyIcon />,
      choose: () => void navigator.clipboard.writeText(text),
    });
    if (isOwn)
      items.push({ label: "message.edit", icon: <PencilIcon />, choose: () => thread.edit(message) });
  }
  items.push(
    { label: "message.details", icon: <InfoIcon />, choose: () => actions.details(message) },
    { label: "message.deleteMore", icon: <TrashIcon />, danger: true, choose: () => actions.delete(message) },
  );
  return items;
}

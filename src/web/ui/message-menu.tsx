import type { ComponentChildren } from "preact";
import type { Message } from "#protocol/types.ts";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
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

/** What can be done with a message: beside it on a large screen, at the bottom of a small one. */
export function MessageMenu({ thread, actions, message, source }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const { store } = useClient();
  const isOwn = message.authorId === store.state.value.me;
  const text = message.body !== null && "text" in message.body ? message.body.text : null;
  useLayoutEffect(() => {
    menu.current?.showPopover({ source });
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [source]);
  function choose(action: () => void) {
    menu.current?.hidePopover();
    actions.close();
    action();
  }
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      popover="auto"
      aria-label={t("message.more")}
      onToggle={(event) => event.newState === "closed" && actions.close()}
      onKeyDown={(event) => moveInList(event, "[role=menuitem]")}
    >
      {message.body !== null && (
        <Item
          icon={<ReplyIcon />}
          label={t("message.reply")}
          onChoose={() => choose(() => thread.reply(message))}
        />
      )}
      {text !== null && (
        <Item
          icon={<CopyIcon />}
          label={t("message.copy")}
          onChoose={() => choose(() => void navigator.clipboard.writeText(text))}
        />
      )}
      {isOwn && text !== null && (
        <Item
          icon={<PencilIcon />}
          label={t("message.edit")}
          onChoose={() => choose(() => thread.edit(message))}
        />
      )}
      <Item
        icon={<InfoIcon />}
        label={t("message.details")}
        onChoose={() => choose(() => actions.details(message))}
      />
      <Item
        icon={<TrashIcon />}
        label={t("message.deleteMore")}
        danger
        onChoose={() => choose(() => actions.delete(message))}
      />
    </div>
  );
}

interface ItemProps {
  icon: ComponentChildren;
  label: string;
  danger?: boolean;
  onChoose: () => void;
}

function Item({ icon, label, danger = false, onChoose }: ItemProps) {
  return (
    <button
      type="button"
      class="menu-item"
      role="menuitem"
      tabIndex={-1}
      data-danger={danger}
      onClick={onChoose}
    >
      {icon}
      {label}
    </button>
  );
}

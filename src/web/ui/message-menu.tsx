import type { ComponentChildren } from "preact";
import type { Message } from "#protocol/types.ts";
import { placeOf } from "../domain/links.ts";
import type { Thread } from "../domain/thread.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { useCopy } from "./copy.ts";
import { Floating, type Point } from "./floating.tsx";
import { CopyIcon, InfoIcon, LinkIcon, PencilIcon, ReplyIcon, TrashIcon } from "./icons.tsx";
import type { MessageActions } from "./message-actions.ts";
import { moveInList } from "./regions.ts";

interface MenuProps {
  thread: Thread;
  actions: MessageActions;
  message: Message;
  source: Element;
  at: Point | null;
}

interface Item {
  label: TextId;
  icon: ComponentChildren;
  /** Whether this message has it. */
  fits: boolean;
  danger?: boolean;
  choose: () => void;
}

/** What can be done with a message. */
export function MessageMenu({ thread, actions, message, source, at }: MenuProps) {
  const items = useItems({ thread, actions, message });
  return (
    <Floating label={t("message.more")} source={source} at={at} onClose={() => actions.close()}>
      <div
        class="menu"
        role="menu"
        aria-label={t("message.more")}
        onKeyDown={(event) => {
          moveInList(event, ".menu-item");
          if (event.key === "Tab") actions.close();
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            class="menu-item"
            role="menuitem"
            tabIndex={-1}
            data-danger={item.danger === true}
            onClick={() => {
              actions.close();
              item.choose();
            }}
          >
            {item.icon}
            {t(item.label)}
          </button>
        ))}
      </div>
    </Floating>
  );
}

function useItems({ message, thread, actions }: Pick<MenuProps, "message" | "thread" | "actions">): Item[] {
  const { store } = useClient();
  const copy = useCopy();
  const { body } = message;
  const isOwn = message.authorId === store.state.value.me;
  const text = body !== null && "text" in body ? body.text : null;
  const items: Item[] = [
    { label: "message.reply", icon: <ReplyIcon />, fits: body !== null, choose: () => thread.reply(message) },
    {
      label: "message.edit",
      icon: <PencilIcon />,
      fits: isOwn && text !== null,
      choose: () => thread.edit(message),
    },
    {
      label: "message.copy",
      icon: <CopyIcon />,
      fits: text !== null,
      choose: () => void copy(text ?? "", t("message.copied")),
    },
    {
      label: "message.copyLink",
      icon: <LinkIcon />,
      fits: true,
      choose: () => void copy(location.origin + placeOf(message), t("message.linkCopied")),
    },
    {
      label: "message.details",
      icon: <InfoIcon />,
      fits: true,
      choose: () => actions.dialog("details", message),
    },
    {
      label: "message.deleteMore",
      icon: <TrashIcon />,
      fits: true,
      danger: true,
      choose: () => actions.dialog("delete", message),
    },
  ];
  return items.filter(({ fits }) => fits);
}

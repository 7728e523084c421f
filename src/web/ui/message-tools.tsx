import type { Message } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import type { Thread } from "../domain/thread.ts";
import { t, type TextId } from "../platform/language.ts";
import { MoreIcon, ReplyIcon, SmileIcon } from "./icons.tsx";
import type { MessageActions } from "./message-actions.ts";

interface ToolsProps {
  message: Message;
  thread: Thread;
  actions: MessageActions;
}

/** The quiet buttons beside a message: seen on hover and focus, and always there for a screen reader. */
export function MessageTools({ message, thread, actions }: ToolsProps) {
  return (
    <div class="tools">
      {message.body !== null && thread.isAccepted() && (
        <>
          <Tool
            label="reactions.add"
            icon={<SmileIcon />}
            opens="menu"
            onClick={(source) => actions.panel("react", message, { source })}
          />
          <Tool label="message.reply" icon={<ReplyIcon />} onClick={() => thread.writing.reply(message)} />
        </>
      )}
      <Tool
        label="message.more"
        icon={<MoreIcon />}
        opens="menu"
        onClick={(source) => actions.panel("menu", message, { source })}
      />
    </div>
  );
}

interface ToolProps {
  label: TextId;
  icon: ComponentChildren;
  opens?: "menu" | "dialog";
  onClick: (source: HTMLElement) => void;
}

function Tool({ label, icon, opens, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="icon-button small"
      tabIndex={-1}
      aria-label={t(label)}
      title={t(label)}
      {...(opens && { "aria-haspopup": opens })}
      onClick={(event) => onClick(event.currentTarget)}
    >
      {icon}
    </button>
  );
}

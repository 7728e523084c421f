import type { Message } from "#protocol/types.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import type { Point } from "./floating.tsx";
import { useMenuItems } from "./menu-items.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import type { MessageActions } from "./message-actions.ts";
import { QuickRow } from "./quick-row.tsx";

export interface PanelProps {
  thread: Thread;
  actions: MessageActions;
  message: Message;
  source: Element;
  at: Point | null;
}

/** What can be done with a message; `brief` leaves it at reactions. */
export function MessageMenu({ brief = false, ...panel }: PanelProps & { brief?: boolean }) {
  const { actions, message, source, at } = panel;
  const items = useMenuItems(panel);
  const label = t(brief ? "reactions.add" : "message.more");
  const close = () => actions.close();
  return (
    <Menu label={label} source={source} at={at} onClose={close} also=".quick-row > :first-child">
      {message.body !== null && panel.thread.isAccepted() && (
        <QuickRow
          message={message}
          onDone={close}
          onMore={() => actions.panel("picker", message, { source, at })}
        />
      )}
      {!brief &&
        items.map(({ label: text, icon, danger = false, choose }) => (
          <MenuItem
            key={text}
            icon={icon}
            label={t(text)}
            danger={danger}
            onChoose={() => {
              close();
              choose();
            }}
          />
        ))}
    </Menu>
  );
}

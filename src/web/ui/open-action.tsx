import { lazy } from "preact-iso";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Thread } from "../domain/thread.ts";
import { Later } from "./later.tsx";
import type { MessageDialogProps } from "./message-dialogs.tsx";
import type { MessageActions, MessageDialogKind } from "./message-actions.ts";

const loadMenu = () => import("./message-menu.tsx");
const loadDialogs = () => import("./message-dialogs.tsx");

const MessageMenu = lazy(() => loadMenu().then(({ MessageMenu }) => MessageMenu));
const DetailsDialog = lazy(() => loadDialogs().then(({ DetailsDialog }) => DetailsDialog));
const DeleteDialog = lazy(() => loadDialogs().then(({ DeleteDialog }) => DeleteDialog));

const dialogs: Readonly<Record<MessageDialogKind, ComponentType<MessageDialogProps>>> = {
  details: DetailsDialog,
  delete: DeleteDialog,
};

/** Until then a start has better things to load. */
const calm = 2_000;

/** The menu or dialog about a message that is open, if one is. */
export function OpenedAction({ thread, actions }: { thread: Thread; actions: MessageActions }) {
  useEffect(() => {
    // So that the menu opens at once, also when the connection is lost by then.
    const timer = setTimeout(() => loadMenu().catch(() => {}), calm);
    return () => clearTimeout(timer);
  }, []);
  const open = actions.open.value;
  if (open === null) return null;
  if ("source" in open) {
    return (
      <Later>
        <MessageMenu thread={thread} actions={actions} {...open} />
      </Later>
    );
  }
  const Dialog = dialogs[open.kind];
  return (
    <Later>
      <Dialog thread={thread} message={open.message} onClose={() => actions.close()} />
    </Later>
  );
}

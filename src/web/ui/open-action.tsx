import type { ComponentType } from "preact";
import { lazy } from "preact-iso";
import { useEffect } from "preact/hooks";
import type { Thread } from "../domain/thread.ts";
import { Later } from "./later.tsx";
import type { MessageActions, MessageDialogKind } from "./message-actions.ts";
import type { MessageDialogProps } from "./message-dialogs.tsx";

const loadMenu = () => import("./message-menu.tsx");
const loadDialogs = () => import("./message-dialogs.tsx");
const loadStories = () => import("./story-dialogs.tsx");

const MessageMenu = lazy(() => loadMenu().then(({ MessageMenu }) => MessageMenu));
const ReactPicker = lazy(() => import("./react-picker.tsx").then(({ ReactPicker }) => ReactPicker));
const DetailsDialog = lazy(() => loadDialogs().then(({ DetailsDialog }) => DetailsDialog));
const DeleteDialog = lazy(() => loadDialogs().then(({ DeleteDialog }) => DeleteDialog));
const HistoryDialog = lazy(() => loadStories().then(({ HistoryDialog }) => HistoryDialog));
const ReactionsDialog = lazy(() => loadStories().then(({ ReactionsDialog }) => ReactionsDialog));
const ForwardDialog = lazy(() => import("./forward-dialog.tsx").then(({ ForwardDialog }) => ForwardDialog));

const dialogs: Readonly<Record<MessageDialogKind, ComponentType<MessageDialogProps>>> = {
  details: DetailsDialog,
  delete: DeleteDialog,
  history: HistoryDialog,
  reactions: ReactionsDialog,
  forward: ForwardDialog,
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
  const message = thread.current(open.message);
  if (!("source" in open)) {
    const Dialog = dialogs[open.kind];
    return (
      <Later>
        <Dialog thread={thread} message={message} onClose={() => actions.close()} />
      </Later>
    );
  }
  const panel = { ...open, thread, actions, message };
  return (
    <Later>
      {open.kind === "picker" ? (
        <ReactPicker {...panel} />
      ) : (
        <MessageMenu {...panel} brief={open.kind === "react"} />
      )}
    </Later>
  );
}

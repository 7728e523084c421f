import type { ComponentChildren } from "preact";
import type { Message } from "#protocol/types.ts";
import { placeOf } from "../domain/links.ts";
import { rightsIn } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { useCopy } from "./copy.ts";
import {
  BookmarkIcon,
  ChainIcon,
  CopyIcon,
  ForwardIcon,
  HistoryIcon,
  InfoIcon,
  LinkIcon,
  PencilIcon,
  PinIcon,
  ReplyIcon,
  SmileIcon,
  TrashIcon,
} from "./icons.tsx";
import type { MessageActions } from "./message-actions.ts";
import { failureText } from "./refusals.ts";
import type { Thread } from "../domain/thread.ts";

export interface Item {
  label: TextId;
  icon: ComponentChildren;
  /** Whether this message has it. */
  fits: boolean;
  danger?: boolean;
  choose: () => void;
}

interface Subject {
  thread: Thread;
  actions: MessageActions;
  message: Message;
}

/** What can be done with a message, in the order of the menu. */
export function useMenuItems(subject: Subject): Item[] {
  const items = [useSaying(subject), usePlacing(subject), looking(subject)];
  return items.flat().filter(({ fits }) => fits);
}

/** What makes new words of it. */
function useSaying({ message, thread, actions }: Subject): Item[] {
  const me = useClient().store.state.value.me;
  const copy = useCopy();
  const { body } = message;
  const text = body !== null && "text" in body ? body.text : null;
  return [
    {
      label: "message.reply",
      icon: <ReplyIcon />,
      fits: body !== null && thread.isAccepted(),
      choose: () => thread.writing.reply(message),
    },
    {
      label: "message.edit",
      icon: <PencilIcon />,
      fits: message.authorId === me && text !== null,
      choose: () => thread.writing.edit(message),
    },
    {
      label: "message.forward",
      icon: <ForwardIcon />,
      fits: text !== null,
      choose: () => actions.dialog("forward", message),
    },
    {
      label: "message.copy",
      icon: <CopyIcon />,
      fits: text !== null,
      choose: () => void copy(text ?? "", t("message.copied")),
    },
  ];
}

/** What makes it easier to find again. */
function usePlacing({ message, thread }: Subject): Item[] {
  const { deeds, store } = useClient();
  const copy = useCopy();
  const run = useDeed();
  const isPinned = message.pinned !== null;
  const known = thread.known.value;
  const mayPin = known !== undefined && rightsIn(known, store.state.value.me).may("pin");
  const isSaved = known?.saved.includes(message.id) === true;
  const alive = message.body !== null;
  return [
    {
      label: "message.copyLink",
      icon: <LinkIcon />,
      fits: true,
      choose: () => void copy(location.origin + placeOf(message), t("message.linkCopied")),
    },
    {
      label: isPinned ? "message.unpin" : "message.pin",
      icon: <PinIcon />,
      fits: mayPin && (alive || isPinned),
      choose: () =>
        void run(deeds.pin(message, !isPinned), isPinned ? "message.unpinned" : "message.pinnedForAll"),
    },
    {
      label: isSaved ? "message.unsave" : "message.save",
      icon: <BookmarkIcon />,
      fits: alive || isSaved,
      choose: () =>
        void run(deeds.save(message, !isSaved), isSaved ? "message.unsaved" : "message.savedForMe"),
    },
  ];
}

/** What tells more of it, and the way to its end. */
function looking({ message, thread, actions }: Subject): Item[] {
  const alive = message.body !== null;
  const loaded = thread.known.value?.window?.messages ?? [];
  return [
    {
      label: "chain.open",
      icon: <ChainIcon />,
      fits: message.inReplyTo !== null || loaded.some(({ inReplyTo }) => inReplyTo === message.id),
      choose: () => (actions.chain.value = message.id),
    },
    {
      label: "reactions.who",
      icon: <SmileIcon />,
      fits: alive && message.reactions.length > 0,
      choose: () => actions.dialog("reactions", message),
    },
    {
      label: "history.open",
      icon: <HistoryIcon />,
      fits: alive && message.editedAt !== null,
      choose: () => actions.dialog("history", message),
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
}

/** Says afterwards that something was done, or why it was not. */
function useDeed(): (deed: Promise<void>, done: TextId) => Promise<void> {
  const { notices } = useClient();
  return async (deed, done) => {
    try {
      await deed;
      notices.say(t(done));
    } catch (error) {
      notices.say(failureText(error));
    }
  };
}

import type { ConversationState } from "#protocol/state.ts";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { conversationIn } from "../domain/links.ts";
import { isUnread } from "../domain/lists.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import type { Point } from "./floating.tsx";
import { FolderDialog } from "./folder-dialog.tsx";
import { ArchiveIcon, CheckIcon, FolderIcon, InboxIcon, MutedIcon, PinIcon } from "./icons.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { titleOf } from "./names.ts";
import { failureText } from "./refusals.ts";
import { useArranging } from "./use-arranging.ts";

interface MenuProps {
  known: ConversationState;
  source: Element;
  at: Point | null;
  onClose: () => void;
}

type Page = "all" | "mute" | "folders" | "new folder";

/** What can be done with a conversation in the list. */
export function ConversationMenu(props: MenuProps) {
  const { known, source, at, onClose } = props;
  const { store } = useClient();
  const arranging = useArranging();
  const [page, setPage] = useState<Page>("all");
  const run = useMenuDeed(onClose);
  const label = titleOf(known.conversation, store.state.value.me);
  if (page === "new folder") {
    const file = (id: string) => run(arranging.file(known, [...known.membership.folderIds, id]));
    return <FolderDialog folder={null} onDone={({ id }) => file(id)} onClose={onClose} />;
  }
  return (
    <Menu key={page} label={label} source={source} at={at} onClose={onClose}>
      {page === "all" && <Deeds known={known} run={run} onPage={setPage} />}
      {page === "mute" && <Mutes known={known} run={run} />}
      {page === "folders" && <Folders known={known} run={run} onPage={setPage} />}
    </Menu>
  );
}

interface PartProps {
  known: ConversationState;
  run: (deed: Promise<void>) => void;
}

function Deeds({ known, run, onPage }: PartProps & { onPage: (page: Page) => void }) {
  const { relations } = useClient();
  const arranging = useArranging();
  const { path, route } = useLocation();
  const { pinnedAt, archivedAt } = known.membership;
  const unread = isUnread(known.membership);
  const muted = relations.muteOf(known) !== null;
  function archive() {
    run(arranging.archive(known, archivedAt === null));
    if (conversationIn(path) === known.conversation.id) route("/");
  }
  return (
    <>
      <MenuItem
        icon={<CheckIcon />}
        label={t(unread ? "list.markRead" : "list.markUnread")}
        onChoose={() => run(arranging.mark(known, !unread))}
      />
      <MenuItem
        icon={<PinIcon />}
        label={t(pinnedAt === null ? "list.pin" : "list.unpin")}
        onChoose={() => run(arranging.pin(known, pinnedAt === null))}
      />
      {muted ? (
        <MenuItem
          icon={<MutedIcon />}
          label={t("list.unmute")}
          onChoose={() => run(arranging.unmute(known))}
        />
      ) : (
        <MenuItem icon={<MutedIcon />} label={t("list.mute")} onChoose={() => onPage("mute")} />
      )}
      <MenuItem icon={<FolderIcon />} label={t("list.file")} onChoose={() => onPage("folders")} />
      <MenuItem
        icon={archivedAt === null ? <ArchiveIcon /> : <InboxIcon />}
        label={t(archivedAt === null ? "archive.put" : "archive.back")}
        onChoose={archive}
      />
    </>
  );
}

function Mutes({ known, run }: PartProps) {
  const arranging = useArranging();
  return (
    <>
      <MenuItem
        icon={<MutedIcon />}
        label={t("mute.hour")}
        onChoose={() => run(arranging.mute(known, "all", 1))}
      />
      <MenuItem
        icon={<MutedIcon />}
        label={t("mute.hours")}
        onChoose={() => run(arranging.mute(known, "all", 8))}
      />
      <MenuItem
        icon={<MutedIcon />}
        label={t("mute.always")}
        onChoose={() => run(arranging.mute(known, "all"))}
      />
      <MenuItem
        icon={<MutedIcon />}
        label={t("mute.mentions")}
        onChoose={() => run(arranging.mute(known, "mentions"))}
      />
    </>
  );
}

function Folders({ known, run, onPage }: PartProps & { onPage: (page: Page) => void }) {
  const { store } = useClient();
  const arranging = useArranging();
  const { folderIds } = known.membership;
  return (
    <>
      {store.state.value.folders.map(({ id, name }) => {
        const lies = folderIds.includes(id);
        const next = lies ? folderIds.filter((one) => one !== id) : [...folderIds, id];
        return (
          <MenuItem
            key={id}
            icon={lies ? <CheckIcon /> : <FolderIcon />}
            label={name}
            checked={lies}
            onChoose={() => run(arranging.file(known, next))}
          />
        );
      })}
      <MenuItem icon={<FolderIcon />} label={t("folders.new")} onChoose={() => onPage("new folder")} />
    </>
  );
}

/** Closes the menu, and says why something could not be done. */
function useMenuDeed(onClose: () => void): (deed: Promise<void>) => void {
  const { notices } = useClient();
  return (deed) => {
    onClose();
    deed.catch((error: unknown) => notices.say(failureText(error)));
  };
}

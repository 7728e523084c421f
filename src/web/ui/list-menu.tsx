import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { MenuItem } from "./menu.tsx";
import { Floating } from "./floating.tsx";
import { FoldersDialog } from "./folders-dialog.tsx";
import { ArchiveIcon, CheckIcon, FolderIcon, HistoryIcon, ShieldIcon } from "./icons.tsx";
import { failureText } from "./refusals.ts";
import { moveInList } from "./regions.ts";
import { useArranging } from "./use-arranging.ts";
import { hasOffice, useMe } from "./use-office.ts";

/** What can be done with the whole list. */
export function ListMenu({ source, onClose }: { source: Element; onClose: () => void }) {
  const { notices } = useClient();
  const arranging = useArranging();
  const { route } = useLocation();
  const { answer: me } = useMe();
  const [folders, setFolders] = useState(false);
  if (folders) return <FoldersDialog onClose={onClose} />;
  function go(path: string) {
    onClose();
    route(path);
  }
  function readAll() {
    onClose();
    arranging.readAll().then(
      () => notices.say(t("list.allRead")),
      (error: unknown) => notices.say(failureText(error)),
    );
  }
  return (
    <Floating label={t("list.menu")} source={source} onClose={onClose}>
      <div
        class="menu"
        role="menu"
        aria-label={t("list.menu")}
        onKeyDown={(event) => {
          moveInList(event, ".menu-item");
          if (event.key === "Tab") onClose();
        }}
      >
        <MenuItem icon={<CheckIcon />} label={t("list.readAll")} onChoose={readAll} />
        <MenuItem icon={<FolderIcon />} label={t("folders.title")} onChoose={() => setFolders(true)} />
        <MenuItem icon={<ArchiveIcon />} label={t("archive.title")} onChoose={() => go("/archived")} />
        <MenuItem icon={<HistoryIcon />} label={t("list.left")} onChoose={() => go("/left")} />
        {hasOffice(me) && (
          <MenuItem icon={<ShieldIcon />} label={t("admin.title")} onChoose={() => go("/admin")} />
        )}
      </div>
    </Floating>
  );
}

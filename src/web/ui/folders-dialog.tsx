import type { Folder } from "#protocol/types.ts";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { FolderDialog } from "./folder-dialog.tsx";
import { PencilIcon, TrashIcon } from "./icons.tsx";
import "../styles/later.css";
import { useArranging } from "./use-arranging.ts";
import { useDeed } from "./use-deed.ts";

/** The folders of the list: new ones, other names, and away with them. */
export function FoldersDialog({ onClose }: { onClose: () => void }) {
  const { store } = useClient();
  const arranging = useArranging();
  const { busy, failure, run } = useDeed();
  const [named, setNamed] = useState<Folder | null | "new">(null);
  const { folders } = store.state.value;
  return (
    <Dialog title={t("folders.title")} onClose={onClose}>
      <p class="muted">{t("folders.text")}</p>
      <ul class="folder-list">
        {folders.map((folder) => (
          <li key={folder.id}>
            <bdi class="clipped">{folder.name}</bdi>
            <FolderButton label={t("folders.rename")} name={folder.name} onPress={() => setNamed(folder)}>
              <PencilIcon />
            </FolderButton>
            <FolderButton
              label={t("folders.delete")}
              name={folder.name}
              onPress={() => busy || void run(() => arranging.deleteFolder(folder.id))}
            >
              <TrashIcon />
            </FolderButton>
          </li>
        ))}
      </ul>
      <Failure text={failure} />
      <button type="button" class="button wide" onClick={() => setNamed("new")}>
        {t("folders.new")}
      </button>
      {named !== null && (
        <FolderDialog folder={named === "new" ? null : named} onClose={() => setNamed(null)} />
      )}
    </Dialog>
  );
}

interface FolderButtonProps {
  label: string;
  name: string;
  onPress: () => void;
  children: preact.ComponentChildren;
}

function FolderButton({ label, name, onPress, children }: FolderButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`${label}: ${name}`}
      title={label}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

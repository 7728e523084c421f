import type { Folder } from "#protocol/types.ts";
import { useRef, useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { FolderDialog } from "./folder-dialog.tsx";
import { GripIcon, PencilIcon, TrashIcon } from "./icons.tsx";
import "../styles/later.css";
import { useArranging } from "./use-arranging.ts";
import { useDeed } from "./use-deed.ts";
import { useOrder } from "./use-order.ts";

/** The folders of the list: new ones, other names, another order, and away with them. */
export function FoldersDialog({ onClose }: { onClose: () => void }) {
  const arranging = useArranging();
  const { busy, failure, run } = useDeed();
  const [named, setNamed] = useState<Folder | null | "new">(null);
  const list = useRef<HTMLUListElement>(null);
  const { folders, places, said, grip } = useOrder(list, (id, place) =>
    run(() => arranging.moveFolder(id, place)),
  );
  return (
    <Dialog title={t("folders.title")} onClose={onClose}>
      <p class="muted">{t("folders.text")}</p>
      <ul class="folder-list" ref={list}>
        {folders.map((folder) => (
          <li key={folder.id} data-id={folder.id} style={{ order: places.get(folder.id) }}>
            <button
              type="button"
              class="icon-button grip"
              aria-label={`${t("folders.move")}: ${folder.name}`}
              aria-keyshortcuts="ArrowUp ArrowDown"
              title={t("folders.move")}
              {...grip(folder.id)}
            >
              <GripIcon />
            </button>
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
      <p class="unseen" role="status">
        {said}
      </p>
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

import type { Folder } from "#protocol/types.ts";
import { t } from "../platform/language.ts";
import { Dialog } from "./dialog.tsx";
import { Field, textOf } from "./field.tsx";
import { useArranging } from "./use-arranging.ts";
import { useDeed } from "./use-deed.ts";

interface FolderDialogProps {
  /** The one that gets another name; null for a new one. */
  folder: Folder | null;
  onDone?: (folder: Folder) => void;
  onClose: () => void;
}

/** Names a folder. */
export function FolderDialog({ folder, onDone = () => {}, onClose }: FolderDialogProps) {
  const arranging = useArranging();
  const { busy, failure, run } = useDeed();
  async function save(name: string) {
    if (folder === null) onDone(await arranging.createFolder(name));
    else await arranging.changeFolder(folder.id, { name });
  }
  return (
    <Dialog title={t(folder === null ? "folders.new" : "folders.rename")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const name = textOf(event.currentTarget, "name").trim();
          void run(() => save(name), onClose);
        }}
      >
        <Field
          name="name"
          label={t("folders.name")}
          hint={null}
          error={failure}
          input={{
            required: true,
            autofocus: true,
            autocomplete: "off",
            maxLength: 60,
            defaultValue: folder?.name ?? "",
          }}
        />
        <button type="submit" class="button primary wide" disabled={busy}>
          {t("composer.save")}
        </button>
      </form>
    </Dialog>
  );
}

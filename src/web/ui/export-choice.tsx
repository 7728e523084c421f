import type { ConversationState } from "#protocol/state.ts";
import { useState } from "preact/hooks";
import { type ExportFormat, openExport, readBlob, saveFile } from "../platform/download.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { MenuItem } from "./menu.tsx";
import { Failure } from "./failure.tsx";
import { Floating } from "./floating.tsx";
import { amount, dateField } from "./format.ts";
import { DownIcon } from "./icons.tsx";
import { titleOf } from "./names.ts";
import { moveInList } from "./regions.ts";
import { useDeed } from "./use-deed.ts";

const formats: readonly { format: ExportFormat; label: TextId; ending: string }[] = [
  { format: "html", label: "export.page", ending: "html" },
  { format: "text", label: "export.words", ending: "txt" },
  { format: "json", label: "export.data", ending: "json" },
];

/** Takes along what the viewer may read of a conversation, as a file. */
export function ExportChoice({ known }: { known: ConversationState }) {
  const { session, store } = useClient();
  const deed = useDeed();
  const [source, setSource] = useState<Element | null>(null);
  const [bytes, setBytes] = useState(0);
  const { conversation } = known;
  function take(format: ExportFormat, ending: string) {
    setSource(null);
    setBytes(0);
    const title = titleOf(conversation, store.state.peek().me);
    void deed.run(async () => {
      const answer = await openExport(session, { id: conversation.id, format });
      const file = await readBlob(answer, setBytes);
      saveFile(file, `${title} ${dateField(new Date())}.${ending}`);
    });
  }
  return (
    <section>
      <h3>{t("export.title")}</h3>
      <p class="muted">{t("export.text")}</p>
      <div class="export-row">
        <button
          type="button"
          class="button"
          aria-haspopup="menu"
          disabled={deed.busy}
          onClick={(event) => setSource(event.currentTarget)}
        >
          <DownIcon />
          {t("export.open")}
        </button>
        <span class="muted" role="status">
          {deed.busy && t("export.busy", { amount: amount(bytes) })}
        </span>
      </div>
      <Failure text={deed.failure} />
      {source !== null && <FormatMenu source={source} onChoose={take} onClose={() => setSource(null)} />}
    </section>
  );
}

interface FormatMenuProps {
  source: Element;
  onChoose: (format: ExportFormat, ending: string) => void;
  onClose: () => void;
}

function FormatMenu({ source, onChoose, onClose }: FormatMenuProps) {
  return (
    <Floating label={t("export.title")} source={source} onClose={onClose}>
      <div
        class="menu"
        role="menu"
        aria-label={t("export.title")}
        onKeyDown={(event) => {
          moveInList(event, ".menu-item");
          if (event.key === "Tab") onClose();
        }}
      >
        {formats.map(({ format, label, ending }) => (
          <MenuItem
            key={format}
            icon={<DownIcon />}
            label={t(label)}
            onChoose={() => onChoose(format, ending)}
          />
        ))}
      </div>
    </Floating>
  );
}

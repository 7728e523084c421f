import { useState } from "preact/hooks";
import { saveFile } from "../../platform/download.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { useCopy } from "../copy.ts";
import { Dialog } from "../dialog.tsx";

/** Shows recovery codes, once: the dialog stays until their owner says that they are kept. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const copy = useCopy();
  const { server, session } = useClient();
  const [kept, setKept] = useState(false);
  /** How often somebody wanted to leave before; the browser may have closed the dialog then, and a new one opens. */
  const [tries, setTries] = useState(0);
  const address = session.person.value?.address ?? "";
  const text = `${address}\n${t("recovery.title")}\n\n${codes.join("\n")}\n`;
  return (
    <Dialog key={tries} title={t("recovery.title")} onClose={() => (kept ? onClose() : setTries(tries + 1))}>
      <p>{t("recovery.once")}</p>
      {tries > 0 && !kept && (
        <p class="field-error" role="alert">
          {t("recovery.keepFirst")}
        </p>
      )}
      <div class="printed">
        <p class="only-printed">
          {t("recovery.title")} · <bdi>{address}</bdi>
        </p>
        <ul class="recovery-codes" dir="ltr">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div class="card-buttons">
        <button type="button" class="button small" onClick={() => void copy(text, t("recovery.copied"))}>
          {t("recovery.copy")}
        </button>
        <button
          type="button"
          class="button small"
          onClick={() =>
            saveFile(new Blob([text], { type: "text/plain" }), `${server.value?.host ?? "luciole"}.txt`)
          }
        >
          {t("recovery.download")}
        </button>
        <button type="button" class="button small" onClick={() => print()}>
          {t("recovery.print")}
        </button>
      </div>
      <label class="check-row">
        <input
          type="checkbox"
          checked={kept}
          onChange={({ currentTarget }) => setKept(currentTarget.checked)}
        />
        <span>{t("recovery.kept")}</span>
      </label>
      <button type="button" class="button primary wide" disabled={!kept} onClick={onClose}>
        {t("recovery.done")}
      </button>
    </Dialog>
  );
}

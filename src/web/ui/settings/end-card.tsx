import { useState } from "preact/hooks";
import { endAccount } from "../../platform/ending-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { useConfirmed } from "../use-confirmed.ts";
import { AskDialog } from "../ask-dialog.tsx";

/** The end of one's own account. */
export function EndCard() {
  const { session, server } = useClient();
  const me = session.person.value;
  const count = server.value?.limits.accountGraceDays ?? 0;
  const { confirmed, dialog } = useConfirmed();
  const [asks, setAsks] = useState(false);
  const close = () => setAsks(false);
  return (
    <section class="settings-card" aria-labelledby="end-title">
      <h2 id="end-title">{t("end.title")}</h2>
      <p class="muted small-text">{t("end.text")}</p>
      <button type="button" class="button danger" onClick={() => setAsks(true)}>
        {t("end.begin")}
      </button>
      {asks && (
        <AskDialog
          title={t("end.title")}
          text={t("end.sure", { handle: me?.handle ?? "", count })}
          answer={t("end.begin")}
          deed={() => confirmed((request) => endAccount(request))}
          onClose={close}
        />
      )}
      {dialog}
    </section>
  );
}

import { useLocation } from "preact-iso";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Firefly } from "./icons.tsx";

/** What stands where a conversation will. */
export function EmptyPane() {
  const { store } = useClient();
  const { path } = useLocation();
  if (path === "/requests" && store.requests.value.length > 0) return <ChooseRequest />;
  const any = store.accepted.value.length > 0;
  return (
    <section class="empty-pane">
      <Firefly />
      <p class="empty-title">{t(any ? "empty.choose" : "empty.first")}</p>
      <p class="muted">{t(any ? "empty.chooseNext" : "empty.firstNext")}</p>
      <a class="button primary" href="/new">
        {t("new.title")}
      </a>
      <p class="keys faint">
        <kbd>?</kbd> {t("shortcuts.title")}
      </p>
    </section>
  );
}

function ChooseRequest() {
  return (
    <section class="empty-pane">
      <Firefly />
      <p class="empty-title">{t("empty.request")}</p>
      <p class="muted">{t("empty.requestNext")}</p>
    </section>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <section class="empty-pane">
      <Firefly />
      <h1 class="empty-title">{t("notFound.title")}</h1>
      <p class="muted">{t("notFound.next")}</p>
      <a class="button" href="/">
        {t("nav.toList")}
      </a>
    </section>
  );
}

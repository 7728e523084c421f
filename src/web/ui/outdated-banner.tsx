import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";

/** Says that the server has a newer client, which a reload brings; what is being written stays. */
export function OutdatedBanner() {
  const client = useClient();
  return (
    <div class="banner" data-shows={client.outdated.value}>
      <span role="status">{client.outdated.value ? t("outdated.title") : ""}</span>
      {client.outdated.value && (
        <button type="button" class="link-button" onClick={() => void client.reload()}>
          {t("outdated.reload")}
        </button>
      )}
    </div>
  );
}

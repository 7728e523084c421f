import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { useSeconds } from "./hooks.ts";

const patience = 5_000;

/** Says that the live connection is lost, once that has lasted; with a way to try at once. */
export function ConnectionBanner() {
  const { socket } = useClient();
  const state = socket.state.value;
  const lostAt = socket.lostAt.value;
  const now = useSeconds(lostAt !== null);
  const shows = lostAt !== null && now - lostAt >= patience;
  const seconds = state.kind === "waiting" ? Math.max(0, Math.ceil((state.until - now) / 1_000)) : 0;
  return (
    <div class="banner" data-shows={shows}>
      <span role="status">{shows ? t(navigator.onLine ? "connection.lost" : "connection.offline") : ""}</span>
      {shows && (
        <span class="banner-more">
          {seconds > 0 ? t("connection.again", { count: seconds }) : t("connection.trying")}
          {state.kind === "waiting" && (
            <button type="button" class="link-button" onClick={() => socket.tryNow()}>
              {t("connection.now")}
            </button>
          )}
        </span>
      )}
    </div>
  );
}

import { parseJoinLink } from "#lib/join-link.ts";
import { applyView } from "#protocol/apply.ts";
import type { JoinPreview } from "#protocol/api.ts";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { isAsked } from "../platform/groups-api.ts";
import { t } from "../platform/language.ts";
import "../styles/groups.css";
import { GroupAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { Firefly } from "./icons.tsx";
import { useDeed } from "./use-deed.ts";
import { useFetched } from "./use-fetched.ts";
import { useGroupsApi } from "./use-group.ts";

/** Where a link into a group of whichever server leads: what the group is, and the way in. */
export function JoinPage({ link }: { link: string }) {
  const groups = useGroupsApi();
  const { answer, refusal, failure, again } = useFetched(() => groups.look(link), link);
  // What does not even look like a link leads nowhere either.
  const isGone = refusal === "not_found" || (failure !== null && parseJoinLink(link) === null);
  return (
    <section class="empty-pane join-page" aria-label={t("join.label")} data-region>
      {answer !== null && <Preview link={link} preview={answer} />}
      {answer === null && isGone && (
        <>
          <Firefly />
          <h1 class="empty-title">{t("join.gone")}</h1>
          <p class="muted">{t("join.goneWhy")}</p>
          <a class="button" href="/">
            {t("nav.toList")}
          </a>
        </>
      )}
      {answer === null && !isGone && failure !== null && (
        <>
          <Failure text={failure} />
          <button type="button" class="button" onClick={again}>
            {t("message.retry")}
          </button>
        </>
      )}
    </section>
  );
}

function Preview({ link, preview }: { link: string; preview: JoinPreview }) {
  const { store, sync } = useClient();
  const { route } = useLocation();
  const groups = useGroupsApi();
  const { busy, failure, run } = useDeed();
  const [asked, setAsked] = useState(false);
  const { title, picture, members, approval, host } = preview;
  async function join() {
    const view = await groups.join(link);
    sync.catchUp();
    if (isAsked(view)) {
      setAsked(true);
      return;
    }
    store.update((known) => applyView(known, view));
    route(`/c/${view.conversation.id}`, true);
  }
  return (
    <>
      <p class="muted">{t("join.lead")}</p>
      <GroupAvatar id={link} title={title} picture={picture} size="large" />
      <h1 class="card-name">
        <bdi>{title}</bdi>
      </h1>
      <p class="muted">{t("members.title", { count: members })}</p>
      {host !== null && <p class="muted small-text">{t("join.keptBy", { host })}</p>}
      {asked ? (
        <>
          <p class="asked" role="status">
            {host === null || approval ? t("join.asked") : t("join.askedHost", { host })}
          </p>
          <a class="button" href="/">
            {t("nav.toList")}
          </a>
        </>
      ) : (
        <>
          <button type="button" class="button primary" disabled={busy} onClick={() => void run(join)}>
            {t(approval ? "join.ask" : "join.join")}
          </button>
          <p class="hint">{t(approval ? "join.approval" : "join.open")}</p>
        </>
      )}
      <Failure text={failure} />
    </>
  );
}

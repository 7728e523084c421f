import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { beginLink, finishLink, readIdentities, unlink } from "../../platform/identities-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { refusalText } from "../refusals.ts";
import { useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";

const link = /^#link=([\w-]{1,200})$/;

/** By whom else somebody signs in: each can be connected, and disconnected again. */
export function IdentitiesCard() {
  const { api, server } = useClient();
  const { confirmed, dialog } = useConfirmed();
  const deed = useDeed();
  const { query } = useLocation();
  const [done, setDone] = useState("");
  const { answer, failure, again } = useFetched(() => readIdentities(api.request), "");
  useReturn((ticket) =>
    deed.run(
      () => finishLink(api.request, ticket),
      () => {
        setDone(t("identities.done"));
        again();
      },
    ),
  );
  const identities = answer?.identities ?? [];
  const others = (server.value?.providers ?? []).filter(
    ({ slug }) => answer !== null && !identities.some((one) => one.slug === slug),
  );
  const problem = query["problem"];
  if (identities.length === 0 && others.length === 0 && problem === undefined) return null;
  async function connect(slug: string) {
    const { url } = await confirmed((request) => beginLink(request, slug));
    location.assign(url);
  }
  return (
    <section class="settings-card">
      <h2>{t("identities.title")}</h2>
      <p class="muted">{t("identities.text")}</p>
      <Failure text={failure ?? deed.failure ?? (problem === undefined ? null : refusalText(problem))} />
      {identities.map(({ issuerId, name }) => (
        <button
          key={issuerId}
          class="button wide"
          type="button"
          disabled={deed.busy}
          onClick={() => void deed.run(() => confirmed((request) => unlink(request, issuerId)), again)}
        >
          {t("identities.unlink", { name })}
        </button>
      ))}
      {others.map(({ slug, name }) => (
        <button
          key={slug}
          class="button wide"
          type="button"
          disabled={deed.busy}
          onClick={() => void deed.run(() => connect(slug))}
        >
          {t("identities.link", { name })}
        </button>
      ))}
      <p role="status">{done}</p>
      {dialog}
    </section>
  );
}

/** Goes on with what whoever comes back from a provider brings along. */
function useReturn(finish: (ticket: string) => Promise<void>): void {
  useEffect(() => {
    const ticket = link.exec(location.hash)?.[1];
    if (ticket === undefined) return;
    // It counts once, and stays in no history.
    history.replaceState(null, "", location.pathname);
    void finish(ticket);
  }, []);
}

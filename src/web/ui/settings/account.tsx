import { t } from "../../platform/language.ts";
import { Avatar } from "../avatar.tsx";
import { useClient } from "../context.ts";
import { CopyAddress } from "../copy-address.tsx";
import { EndCard } from "./end-card.tsx";
import { ExportCard } from "./export-card.tsx";
import { HandleCard } from "./handle-card.tsx";
import { IdentitiesCard } from "./identities-card.tsx";
import { MoveCard } from "./move-card.tsx";

/** Who somebody is here, and where else. */
export function Account() {
  return (
    <>
      <PersonCard />
      <HandleCard />
      <IdentitiesCard />
      <MoveCard />
      <ExportCard />
      <EndCard />
    </>
  );
}

function PersonCard() {
  const me = useClient().session.person.value;
  if (me === null) return null;
  return (
    <section class="settings-card card-person">
      <Avatar person={me} size="large" />
      <bdi class="card-name">{me.name}</bdi>
      <CopyAddress address={me.address} />
      {me.formerly !== null && <p class="muted">{t("person.formerly", { address: me.formerly })}</p>}
      <p class="muted">{t("settings.addressText")}</p>
      <a class="button" href={me.profileUrl} target="_blank" rel="noopener">
        {t("details.profile")}
      </a>
    </section>
  );
}

import type { NewTotp } from "#protocol/sign-in.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { Failure } from "../failure.tsx";
import { useDeed } from "../use-deed.ts";
import { AskDialog } from "../ask-dialog.tsx";
import type { CardProps } from "./security.tsx";
import { StandingCard } from "./standing-card.tsx";
import { TotpDialog } from "./totp-dialog.tsx";

/** The app that shows codes: turned on, or taken away. */
export function TotpCard({ standing, change, showCodes }: CardProps) {
  const { busy, failure, run } = useDeed();
  const [begun, setBegun] = useState<NewTotp | null>(null);
  const [asks, setAsks] = useState(false);
  const { active } = standing.totp;
  const begin = () => run(async () => setBegun(await change((api) => api.beginTotp())));
  return (
    <StandingCard
      title={t("totp.title")}
      state={t(active ? "security.on" : "security.off")}
      isOn={active}
      text={t("totp.text")}
    >
      <Failure text={failure} />
      <div class="card-buttons">
        {active ? (
          <button type="button" class="button danger" onClick={() => setAsks(true)}>
            {t("totp.remove")}
          </button>
        ) : (
          <button type="button" class="button" disabled={busy} onClick={() => void begin()}>
            {t("totp.add")}
          </button>
        )}
      </div>
      {begun !== null && (
        <TotpDialog
          begun={begun}
          confirm={async (code) => {
            const { codes } = await change((api) => api.confirmTotp(code));
            setBegun(null);
            showCodes(codes);
          }}
          onClose={() => setBegun(null)}
        />
      )}
      {asks && (
        <AskDialog
          title={t("totp.remove")}
          text={t("totp.removeText")}
          answer={t("totp.remove")}
          deed={() => change((api) => api.removeTotp())}
          onClose={() => setAsks(false)}
        />
      )}
    </StandingCard>
  );
}

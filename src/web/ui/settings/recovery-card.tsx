import { t } from "../../platform/language.ts";
import { Failure } from "../failure.tsx";
import { useDeed } from "../use-deed.ts";
import type { CardProps } from "./security.tsx";
import { StandingCard } from "./standing-card.tsx";

/** As few as that are soon none. */
const few = 3;

/** The codes for who has lost their factors; there are none without one. */
export function RecoveryCard({ standing, change, showCodes }: CardProps) {
  const { busy, failure, run } = useDeed();
  const { active, codesLeft } = standing.totp;
  if (!active && standing.passkeys.length === 0) return null;
  const make = () => run(async () => showCodes((await change((api) => api.makeRecoveryCodes())).codes));
  return (
    <StandingCard
      title={t("recovery.title")}
      state={t("recovery.left", { count: codesLeft })}
      isOn={codesLeft > few}
      text={t("recovery.text")}
    >
      <Failure text={failure} />
      <div class="card-buttons">
        <button type="button" class="button" disabled={busy} onClick={() => void make()}>
          {t("recovery.anew")}
        </button>
      </div>
    </StandingCard>
  );
}

import type { Preferences } from "#protocol/types.ts";
import { t, type TextId } from "../../platform/language.ts";
import "../../styles/trust.css";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { RelationsCard } from "./relations-card.tsx";
import { useDeed } from "../use-deed.ts";

type Switch = "receipts" | "typing" | "presence" | "invisible";

const switches: readonly { name: Switch; label: TextId; text: TextId }[] = [
  { name: "receipts", label: "privacy.receipts", text: "privacy.receiptsText" },
  { name: "typing", label: "privacy.typing", text: "privacy.typingText" },
  { name: "presence", label: "privacy.presence", text: "privacy.presenceText" },
  { name: "invisible", label: "privacy.invisible", text: "privacy.invisibleText" },
];

/** What others learn of the viewer, and whom the viewer keeps away. */
export function Privacy() {
  return (
    <>
      <PrivacyCard />
      <RelationsCard />
    </>
  );
}

function PrivacyCard() {
  const { api, store, sync } = useClient();
  const { busy, failure, run } = useDeed();
  const { preferences } = store.state.value;
  async function change(wanted: Partial<Preferences>) {
    await api.changePreferences(wanted);
    sync.catchUp();
  }
  return (
    <section class="settings-card" aria-labelledby="privacy-title">
      <h2 id="privacy-title">{t("privacy.shared")}</h2>
      <p class="muted small-text">{t("privacy.text")}</p>
      {switches.map(({ name, label, text }) => (
        <label key={name} class="switch-row">
          <span>
            <strong>{t(label)}</strong>
            <span class="option-text" id={`privacy-${name}`}>
              {t(text)}
            </span>
          </span>
          <input
            type="checkbox"
            role="switch"
            class="switch"
            aria-label={t(label)}
            aria-describedby={`privacy-${name}`}
            disabled={busy}
            checked={preferences[name]}
            onChange={({ currentTarget }) => void run(() => change({ [name]: currentTarget.checked }))}
          />
        </label>
      ))}
      <Failure text={failure} />
    </section>
  );
}

import { type Registration, registrationModes } from "#lib/registration.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";
import { useAdmin } from "./use-admin.ts";

/** How people get accounts here. */
export function ServerSettings() {
  const admin = useAdmin();
  const { notices } = useClient();
  const fetched = useFetched(admin.settings, "settings");
  const [chosen, setChosen] = useState<Registration | null>(null);
  const { busy, failure, run } = useDeed();
  const holds = chosen ?? fetched.answer?.registration ?? null;
  async function choose(mode: Registration) {
    setChosen(mode);
    try {
      await admin.setRegistration(mode);
    } catch (error) {
      setChosen(holds);
      throw error;
    }
    notices.say(t("registration.saved", { mode: t(`registration.${mode}`) }));
  }
  return (
    <>
      <Failure text={fetched.failure ?? failure} />
      {holds !== null && (
        <fieldset class="settings-card option-cards">
          <legend>{t("registration.title")}</legend>
          {registrationModes.map((mode) => (
            <label key={mode} class="option-card">
              <input
                type="radio"
                name="registration"
                checked={mode === holds}
                disabled={busy}
                onChange={() => void run(() => choose(mode))}
              />
              <span>
                {t(`registration.${mode}`)}
                <span class="option-text">{t(`registration.${mode}Text`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

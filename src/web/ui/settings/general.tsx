import { useState } from "preact/hooks";
import {
  chosenLanguage,
  chooseLanguage,
  type Language,
  languages,
  t,
  type TextId,
} from "../../platform/language.ts";
import { chooseEnter, enterSends } from "../../platform/enter-key.ts";
import { chooseTheme, theme, type Theme } from "../../platform/theme.ts";
import { useClient } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { StatusCard } from "./status-card.tsx";

/** What holds for this browser, what one says of oneself for a while, and the way out. */
export function General() {
  return (
    <>
      <StatusCard />
      <ThemeChoice />
      <LanguageChoice />
      <EnterChoice />
      <SignOut />
    </>
  );
}

const themes: readonly { value: Theme; label: TextId }[] = [
  { value: "system", label: "theme.system" },
  { value: "light", label: "theme.light" },
  { value: "dark", label: "theme.dark" },
];

function ThemeChoice() {
  return (
    <fieldset class="settings-card">
      <legend>{t("theme.title")}</legend>
      <div class="choices">
        {themes.map(({ value, label }) => (
          <label key={value} class="choice">
            <input
              type="radio"
              name="theme"
              value={value}
              checked={theme.value === value}
              onChange={() => chooseTheme(value)}
            />
            <span>{t(label)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function LanguageChoice() {
  return (
    <section class="settings-card">
      <label for="language">{t("language.title")}</label>
      <select
        id="language"
        class="input"
        value={chosenLanguage.value ?? ""}
        onChange={({ currentTarget }) =>
          void chooseLanguage((currentTarget.value || null) as Language | null)
        }
      >
        <option value="">{t("language.browser")}</option>
        {languages.map(({ code, name }) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </section>
  );
}

const enterKeys: readonly { sends: boolean; label: TextId }[] = [
  { sends: true, label: "enter.sends" },
  { sends: false, label: "enter.line" },
];

function EnterChoice() {
  return (
    <fieldset class="settings-card">
      <legend>{t("enter.title")}</legend>
      <div class="choices">
        {enterKeys.map(({ sends, label }) => (
          <label key={label} class="choice">
            <input
              type="radio"
              name="enter"
              checked={enterSends.value === sends}
              onChange={() => chooseEnter(sends)}
            />
            <span>{t(label)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function SignOut() {
  const client = useClient();
  const [asks, setAsks] = useState(false);
  const [failed, setFailed] = useState(false);
  const unsent = client.outbox.pending.value.length;
  async function signOut() {
    setFailed(false);
    try {
      await client.signOut();
    } catch {
      setFailed(true);
    }
  }
  return (
    <section class="settings-card">
      <button type="button" class="button wide" onClick={() => (unsent > 0 ? setAsks(true) : void signOut())}>
        {t("settings.signOut")}
      </button>
      {failed && (
        <p class="field-error" role="alert">
          {t("error.unreachable")}
        </p>
      )}
      {asks && (
        <Dialog title={t("settings.signOut")} onClose={() => setAsks(false)}>
          <p>{t("settings.unsent", { count: unsent })}</p>
          <div class="dialog-answers">
            <button type="button" class="button" onClick={() => setAsks(false)}>
              {t("dialog.cancel")}
            </button>
            <button type="button" class="button danger" onClick={() => void signOut()}>
              {t("settings.signOutAnyway")}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

import type { Status } from "#protocol/types.ts";
import type { TargetedSubmitEvent } from "preact";
import { t } from "../../platform/language.ts";
import "../../styles/trust.css";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { Field, textOf } from "../field.tsx";
import { moment } from "../format.ts";
import { useDeed } from "../use-deed.ts";

const longest = 100;

const times = [
  { hours: 1, label: "status.hour" },
  { hours: 4, label: "status.four" },
  { hours: 24, label: "status.day" },
  { hours: 0, label: "status.never" },
] as const;

/** What the viewer says of themselves for a while. */
export function StatusCard() {
  const { api, store, sync, notices } = useClient();
  const { busy, failure, run } = useDeed();
  const { status } = store.state.value.preferences;
  const shown = status !== null && isCurrent(status) ? status : null;
  async function set(next: Status | null) {
    await api.changePreferences({ status: next });
    sync.catchUp();
  }
  function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = textOf(event.currentTarget, "status").trim();
    const hours = Number(textOf(event.currentTarget, "hours"));
    if (text === "") return;
    const until = hours === 0 ? null : new Date(Date.now() + hours * 3_600_000).toISOString();
    void run(
      () => set({ text, until }),
      () => notices.say(t("status.saved")),
    );
  }
  return (
    <form class="settings-card" onSubmit={submit}>
      <Field
        key={shown?.text ?? ""}
        name="status"
        label={t("status.title")}
        hint={
          shown?.until
            ? t("status.until", { time: moment(shown.until) })
            : t("status.hint", { count: longest })
        }
        error={null}
        input={{
          maxLength: longest,
          autocomplete: "off",
          placeholder: t("status.text"),
          defaultValue: shown?.text ?? "",
          dir: "auto",
        }}
      />
      <ClearAfter />
      <Failure text={failure} />
      <div class="status-buttons">
        {shown !== null && (
          <button type="button" class="button" disabled={busy} onClick={() => void run(() => set(null))}>
            {t("status.clear")}
          </button>
        )}
        <button type="submit" class="button" disabled={busy}>
          {t("status.save")}
        </button>
      </div>
    </form>
  );
}

function ClearAfter() {
  return (
    <div class="sharing-row">
      <label for="status-hours">{t("status.clearAfter")}</label>
      <select id="status-hours" name="hours" class="select">
        {times.map(({ hours, label }) => (
          <option key={hours} value={hours}>
            {t(label)}
          </option>
        ))}
      </select>
    </div>
  );
}

function isCurrent({ until }: Status): boolean {
  return until === null || Date.parse(until) > Date.now();
}

import type { ConversationState } from "#protocol/state.ts";
import { useId, useState } from "preact/hooks";
import { rightsIn } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import "../styles/keeping.css";
import { useClient } from "./context.ts";
import { textOf } from "./field.tsx";
import { duration } from "./format.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

const [minute, hour, day] = [60, 3_600, 86_400] as const;
const choices: readonly number[] = [hour, day, 7 * day, 30 * day];
/** As long as the server takes. */
const longest = 400 * day;

const units: readonly { size: number; label: TextId }[] = [
  { size: minute, label: "timer.minutes" },
  { size: hour, label: "timer.hours" },
  { size: day, label: "timer.days" },
];

/** How long what is said from now on stays in a conversation; whoever may not choose it sees it. */
export function TimerChoice({ known }: { known: ConversationState }) {
  const id = useId();
  const deed = useGroupDeed(known);
  const api = useGroupsApi();
  const [asks, setAsks] = useState(false);
  const { me } = useClient().store.state.value;
  const { id: conversationId, expireAfter, host } = known.conversation;
  const shown = expireAfter === null || choices.includes(expireAfter) ? choices : [expireAfter, ...choices];
  const choose = (seconds: number | null, done?: () => void) =>
    void deed.run(() => api.setTimer(conversationId, seconds), done);
  function onChoice(value: string) {
    setAsks(value === "own");
    if (value !== "own") choose(value === "" ? null : Number(value));
  }
  return (
    <section>
      <h3>{t("timer.title")}</h3>
      <div class="sharing-row">
        <label for={id}>{t("timer.label")}</label>
        <select
          id={id}
          class="select"
          disabled={deed.busy || !rightsIn(known, me).may("edit")}
          value={asks ? "own" : (expireAfter ?? "")}
          onChange={(event) => onChoice(event.currentTarget.value)}
        >
          <option value="">{t("timer.off")}</option>
          {shown.map((seconds) => (
            <option key={seconds} value={seconds}>
              {duration(seconds)}
            </option>
          ))}
          <option value="own">{t("timer.own")}</option>
        </select>
      </div>
      {asks && <OwnTime busy={deed.busy} onChoose={(seconds) => choose(seconds, () => setAsks(false))} />}
      <p class="muted">{t("timer.text")}</p>
      <GroupOutcome deed={deed} host={host} />
    </section>
  );
}

/** A number and its unit. */
function OwnTime({ busy, onChoose }: { busy: boolean; onChoose: (seconds: number) => void }) {
  const [size, setSize] = useState<number>(hour);
  return (
    <form
      class="own-time"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(Number(textOf(event.currentTarget, "count")) * size);
      }}
    >
      <input
        class="input"
        type="number"
        name="count"
        min={1}
        max={longest / size}
        required
        defaultValue="2"
        aria-label={t("timer.count")}
      />
      <select
        class="select"
        aria-label={t("timer.unit")}
        value={size}
        onChange={(event) => setSize(Number(event.currentTarget.value))}
      >
        {units.map((unit) => (
          <option key={unit.size} value={unit.size}>
            {t(unit.label)}
          </option>
        ))}
      </select>
      <button type="submit" class="button" disabled={busy}>
        {t("timer.set")}
      </button>
    </form>
  );
}

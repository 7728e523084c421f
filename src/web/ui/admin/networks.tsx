import { type Door, doors } from "#lib/door.ts";
import type { IpRule } from "#protocol/admin.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { Field } from "../field.tsx";
import { enumerate, longDate } from "../format.ts";
import { useFetched } from "../use-fetched.ts";
import { RowButton } from "../row-button.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { NoteField, RuleFacts, UntilField } from "./fields.tsx";
import { endOfDay, useAdmin } from "./use-admin.ts";

const verdicts = ["deny", "allow"] as const;

/** From which networks requests are taken. */
export function Networks() {
  const admin = useAdmin();
  const { notices } = useClient();
  const { answer, failure, again } = useFetched(admin.ipRules, "networks");
  const [round, setRound] = useState(0);
  const [removing, setRemoving] = useState<IpRule | null>(null);
  async function make(value: (name: string) => string) {
    const { network } = await admin.makeIpRule({
      network: value("network"),
      verdict: verdicts.find((verdict) => verdict === value("verdict")) ?? "deny",
      doors: doors.filter((door) => value(`door-${door}`) !== ""),
      note: value("note"),
      expiresAt: endOfDay(value("expiresAt")),
    });
    notices.say(t("network.made", { network }));
    setRound(round + 1);
    again();
  }
  return (
    <>
      <Failure text={failure} />
      {answer?.rules.length === 0 && <p class="muted office-empty">{t("network.none")}</p>}
      <ul class="office-list">
        {answer?.rules.map((rule) => (
          <NetworkRow key={rule.id} rule={rule} onRemove={() => setRemoving(rule)} />
        ))}
      </ul>
      <section class="settings-card" aria-labelledby="network-new">
        <h2 id="network-new">{t("network.new")}</h2>
        <NetworkForm key={round} submit={make} />
      </section>
      {removing !== null && (
        <DecisionDialog
          decision={{
            title: t("network.removeTitle", { network: removing.network }),
            text: t("network.removeText"),
            answer: t("admin.takeBack"),
            done: t("network.removed", { network: removing.network }),
            run: () => admin.removeIpRule(removing.id),
          }}
          onDone={again}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  );
}

function NetworkForm({ submit }: { submit: (value: (name: string) => string) => Promise<void> }) {
  const [chosen, setChosen] = useState<readonly Door[]>(doors);
  const turn = (door: Door) =>
    setChosen(chosen.includes(door) ? chosen.filter((one) => one !== door) : [...chosen, door]);
  return (
    <AuthForm action={t("network.make")} last="network" submit={submit}>
      {(problemAt) => (
        <>
          <Field
            name="network"
            label={t("network.network")}
            hint={t("network.hint")}
            error={problemAt("network")}
            input={{ required: true, maxLength: 100, autocapitalize: "none", spellcheck: false, dir: "ltr" }}
          />
          <fieldset class="plain">
            <legend class="field-label">{t("network.verdict")}</legend>
            <div class="choices two">
              {verdicts.map((verdict) => (
                <label key={verdict} class="choice">
                  <input type="radio" name="verdict" value={verdict} defaultChecked={verdict === "deny"} />
                  <span>{t(`verdict.${verdict}`)}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <Doors chosen={chosen} onTurn={turn} />
          <div class="field-pair">
            <UntilField error={problemAt("expiresAt")} />
            <NoteField error={problemAt("note")} />
          </div>
        </>
      )}
    </AuthForm>
  );
}

/** Where a rule holds; at least at one place, which the browser demands of the first while none is chosen. */
function Doors({ chosen, onTurn }: { chosen: readonly Door[]; onTurn: (door: Door) => void }) {
  return (
    <fieldset class="plain">
      <legend class="field-label">{t("network.doors")}</legend>
      {doors.map((door, index) => (
        <label key={door} class="switch-row">
          <span>{t(`door.${door}`)}</span>
          <input
            type="checkbox"
            role="switch"
            class="switch"
            name={`door-${door}`}
            checked={chosen.includes(door)}
            required={index === 0 && chosen.length === 0}
            onChange={() => onTurn(door)}
          />
        </label>
      ))}
      {chosen.length === 0 && (
        <p class="field-error" role="alert">
          {t("network.noDoor")}
        </p>
      )}
    </fieldset>
  );
}

function NetworkRow({ rule, onRemove }: { rule: IpRule; onRemove: () => void }) {
  const { network, verdict, note, expiresAt } = rule;
  const where = enumerate(rule.doors.map((door) => t(`door.${door}`)));
  const until = expiresAt === null ? t("admin.always") : t("admin.lasts", { date: longDate(expiresAt) });
  return (
    <li class="office-row">
      <RuleFacts of={network} facts={`${where} · ${until}`} note={note} />
      <span class="office-facts">
        <span class={verdict === "deny" ? "badge warns" : "badge"}>{t(`verdict.${verdict}`)}</span>
      </span>
      <RowButton of={network} onClick={onRemove}>
        {t("admin.takeBack")}
      </RowButton>
    </li>
  );
}

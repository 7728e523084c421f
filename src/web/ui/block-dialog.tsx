import type { Person } from "#protocol/types.ts";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import "../styles/trust.css";
import { useClient } from "./context.ts";
import { DialogAnswers } from "./dialog-answers.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { nameOf } from "./names.ts";
import { useDeed } from "./use-deed.ts";

type Kind = "open" | "silent";

interface PersonDialogProps {
  person: Person;
  /** What they are called here. */
  name?: string;
  onClose: () => void;
}

/** Says what each kind of block does before one is chosen. On one server nobody else is told, so there is one kind. */
export function BlockDialog({ person, name = nameOf(person), onClose }: PersonDialogProps) {
  const { relations, server } = useClient();
  const { busy, failure, run } = useDeed();
  const [kind, setKind] = useState<Kind>("silent");
  const { host } = person;
  return (
    <Dialog title={t("block.title", { name })} onClose={onClose}>
      {host === null ? (
        <p>{t("block.here", { host: server.value?.host ?? location.host })}</p>
      ) : (
        <fieldset class="option-cards">
          <legend class="unseen">{t("block.title", { name })}</legend>
          <Option value="silent" chosen={kind} onChoose={setKind} title={t("block.silently")}>
            {t("block.silentlyText")}
          </Option>
          <Option value="open" chosen={kind} onChoose={setKind} title={t("block.openly")}>
            {t("block.openlyText", { host })}
          </Option>
        </fieldset>
      )}
      <p class="muted small-text">{t("block.both")}</p>
      <Failure text={failure} />
      <DialogAnswers
        answer={t(kind === "open" || host === null ? "block.openly" : "block.silently")}
        kind="danger"
        disabled={busy}
        onAnswer={() => void run(() => relations.block(person.id, kind), onClose)}
        onClose={onClose}
      />
    </Dialog>
  );
}

interface OptionProps {
  value: Kind;
  chosen: Kind;
  onChoose: (kind: Kind) => void;
  title: string;
  children: string;
}

function Option({ value, chosen, onChoose, title, children }: OptionProps) {
  return (
    <label class="option-card">
      <input
        type="radio"
        name="kind"
        value={value}
        checked={chosen === value}
        onChange={() => onChoose(value)}
      />
      <span>
        <strong>{title}</strong>
        <span class="option-text">{children}</span>
      </span>
    </label>
  );
}

const times = [
  { hours: 1, label: "mute.hour" },
  { hours: 8, label: "mute.eight" },
  { hours: null, label: "mute.always" },
] as const;

/** Mutes somebody for a while. */
export function MuteDialog({ person, onClose }: PersonDialogProps) {
  const { relations } = useClient();
  const { busy, failure, run } = useDeed();
  return (
    <Dialog title={t("mute.title", { name: nameOf(person) })} onClose={onClose}>
      <p class="muted small-text">{t("mute.text")}</p>
      <Failure text={failure} />
      <div class="stacked">
        {times.map(({ hours, label }) => (
          <button
            key={label}
            type="button"
            class="button wide"
            disabled={busy}
            onClick={() => void run(() => relations.mute(person.id, hours), onClose)}
          >
            {t(label)}
          </button>
        ))}
      </div>
    </Dialog>
  );
}

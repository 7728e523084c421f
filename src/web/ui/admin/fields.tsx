import { t } from "../../platform/language.ts";
import { Field } from "../field.tsx";
import { dateField } from "../format.ts";

interface NoteFieldProps {
  error: string | null;
  maxLength?: number;
  note?: string;
}

/** Why something was decided, for those who run the server. */
export function NoteField({ error, maxLength = 500, note = "" }: NoteFieldProps) {
  return (
    <Field
      name="note"
      label={t("admin.note")}
      hint={t("admin.noteHint")}
      error={error}
      input={{ maxLength, defaultValue: note }}
    />
  );
}

/** The last day on which something holds. */
export function UntilField({ error }: { error: string | null }) {
  return (
    <Field
      name="expiresAt"
      label={t("admin.until")}
      hint={t("admin.untilHint")}
      error={error}
      input={{ type: "date", min: dateField(new Date()) }}
    />
  );
}

/** What a rule holds for, and under it what else there is to say about it. */
export function RuleFacts({ of, facts, note }: { of: string; facts: string; note: string }) {
  return (
    <span class="office-main">
      <bdi class="clipped office-name" dir="ltr">
        {of}
      </bdi>
      <span class="muted small-text">{facts}</span>
      {note !== "" && (
        <span class="muted small-text" dir="auto">
          {note}
        </span>
      )}
    </span>
  );
}

import { t } from "../../platform/language.ts";
import { Dialog } from "../dialog.tsx";
import { Field, textOf } from "../field.tsx";
import { useDeed } from "../use-deed.ts";

export interface NameDialogProps {
  title: string;
  action: string;
  hint?: string;
  name: string;
  /** Whether it may be called nothing. */
  optional?: boolean;
  save: (name: string) => Promise<unknown>;
  onClose: () => void;
}

/** Calls something of one's own by a name. */
export function NameDialog({ title, action, hint, name, optional = false, save, onClose }: NameDialogProps) {
  const { busy, failure, run } = useDeed();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const text = textOf(event.currentTarget, "name").trim();
          void run(() => save(text), onClose);
        }}
      >
        <Field
          name="name"
          label={t("security.name")}
          hint={hint ?? null}
          error={failure}
          input={{
            required: !optional,
            autofocus: true,
            autocomplete: "off",
            maxLength: 100,
            defaultValue: name,
            dir: "auto",
          }}
        />
        <button type="submit" class="button primary wide" disabled={busy}>
          {action}
        </button>
      </form>
    </Dialog>
  );
}

import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { Dialog } from "./dialog.tsx";
import { Field, textOf } from "./field.tsx";
import { dateField } from "./format.ts";
import { useDeed } from "./use-deed.ts";

/** Asks for a date, and shows what was said then. */
export function DateDialog({ thread }: { thread: Thread }) {
  const { busy, failure, run } = useDeed();
  const close = () => (thread.asksDate.value = false);
  return (
    <Dialog title={t("date.title")} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          // Without a zone it is midnight where the reader is.
          const day = new Date(`${textOf(event.currentTarget, "date")}T00:00`);
          void run(() => thread.toDate(day), close);
        }}
      >
        <Field
          name="date"
          label={t("date.label")}
          hint={null}
          error={failure}
          input={{
            type: "date",
            required: true,
            autofocus: true,
            max: dateField(new Date()),
            defaultValue: dateField(new Date()),
          }}
        />
        <button type="submit" class="button primary wide" disabled={busy}>
          {t("date.go")}
        </button>
      </form>
    </Dialog>
  );
}

import { t } from "../../platform/language.ts";
import { DialogAnswers } from "../dialog-answers.tsx";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { useClient } from "../context.ts";
import { useDeed } from "../use-deed.ts";

interface Asked {
  title: string;
  /** What happens. */
  text: string;
  answer: string;
  /** What is said when it is done. */
  done: string;
  danger?: boolean;
  run: () => Promise<unknown>;
}

/** Asks before something is done that others feel, and says what happens. */
export function AskDialog({
  asked,
  onDone,
  onClose,
}: {
  asked: Asked;
  onDone: () => void;
  onClose: () => void;
}) {
  const { notices } = useClient();
  const { busy, failure, run } = useDeed();
  const { title, text, answer, done, danger = true } = asked;
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Failure text={failure} />
      <DialogAnswers
        answer={busy ? t("auth.busy") : answer}
        kind={danger ? "danger" : "primary"}
        disabled={busy}
        onAnswer={() =>
          void run(asked.run, () => {
            notices.say(done);
            onDone();
            onClose();
          })
        }
        onClose={onClose}
      />
    </Dialog>
  );
}

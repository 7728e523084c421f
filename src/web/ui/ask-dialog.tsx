import { DialogAnswers } from "./dialog-answers.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { useDeed } from "./use-deed.ts";

export interface AskDialogProps {
  title: string;
  text: string;
  /** What is done, in words. */
  answer: string;
  /** Whether something is lost by it; it usually is. */
  danger?: boolean;
  deed: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks whether something is to be done, and does it. */
export function AskDialog({ title, text, answer, danger = true, deed, onClose }: AskDialogProps) {
  const { busy, failure, run } = useDeed();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Failure text={failure} />
      <DialogAnswers
        answer={answer}
        kind={danger ? "danger" : "primary"}
        disabled={busy}
        onAnswer={() => void run(deed, onClose)}
        onClose={onClose}
      />
    </Dialog>
  );
}

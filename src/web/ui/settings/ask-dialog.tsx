import { DialogAnswers } from "../dialog-answers.tsx";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { useDeed } from "../use-deed.ts";

interface AskProps {
  title: string;
  text: string;
  /** What is done, in words. */
  answer: string;
  deed: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks whether something is to be taken away, and does it. */
export function AskDialog({ title, text, answer, deed, onClose }: AskProps) {
  const { busy, failure, run } = useDeed();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Failure text={failure} />
      <DialogAnswers
        answer={answer}
        kind="danger"
        disabled={busy}
        onAnswer={() => void run(deed, onClose)}
        onClose={onClose}
      />
    </Dialog>
  );
}

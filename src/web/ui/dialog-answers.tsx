import { t } from "../platform/language.ts";

interface AnswersProps {
  /** What the dialog asks for, in words. */
  answer: string;
  kind: "primary" | "danger";
  disabled: boolean;
  /** It was only asked for, of another server: there is nothing left to cancel. */
  asked?: boolean;
  onAnswer: () => void;
  onClose: () => void;
}

/** Under what a dialog says: to leave it as it is, or to do it. */
export function DialogAnswers({ answer, kind, disabled, asked = false, onAnswer, onClose }: AnswersProps) {
  return (
    <div class="dialog-answers">
      <button type="button" class="button" onClick={onClose}>
        {t(asked ? "dialog.close" : "dialog.cancel")}
      </button>
      <button type="button" class={`button ${kind}`} disabled={disabled || asked} onClick={onAnswer}>
        {answer}
      </button>
    </div>
  );
}

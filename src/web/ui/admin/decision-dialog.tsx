import { AskDialog } from "../ask-dialog.tsx";
import { useClient } from "../context.ts";

interface Decision {
  title: string;
  /** What happens. */
  text: string;
  answer: string;
  /** What is said when it is done. */
  done: string;
  danger?: boolean;
  run: () => Promise<unknown>;
}

interface DecisionProps {
  decision: Decision;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before something is done that others feel, says what happens, and tells when it has. */
export function DecisionDialog({ decision, onDone, onClose }: DecisionProps) {
  const { notices } = useClient();
  const { done, run, ...question } = decision;
  async function decide() {
    await run();
    notices.say(done);
    onDone();
  }
  return <AskDialog {...question} deed={decide} onClose={onClose} />;
}

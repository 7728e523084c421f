import { useState } from "preact/hooks";
import { knowsPasskeys } from "../platform/passkeys.ts";
import { failureText } from "./refusals.ts";

/** Asks the browser for a passkey, where it knows of them; why that failed stands below. */
export function PasskeyButton({ text, use }: { text: string; use: () => Promise<void> }) {
  const [problem, setProblem] = useState<string | null>(null);
  if (!knowsPasskeys()) return null;
  return (
    <>
      <button
        class="button wide"
        type="button"
        onClick={() => {
          setProblem(null);
          use().catch((error: unknown) => setProblem(failureText(error)));
        }}
      >
        {text}
      </button>
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

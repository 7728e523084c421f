import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { problemOf, type Problem } from "./auth-problem.ts";
import { useClient } from "./context.ts";
import { textOf } from "./field.tsx";

interface FormProps {
  action: string;
  /** The field that a problem stands at when the server names none of these. */
  last: string;
  /** What is sent, by what was typed. */
  submit: (value: (name: string) => string) => Promise<void>;
  children: (problemAt: (field: string) => string | null) => ComponentChildren;
}

/** A form of somebody who is not signed in: what was wrong stands at its field, which gets the focus. */
export function AuthForm({ action, last, submit, children }: FormProps) {
  const { server } = useClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const passwordLength = server.value?.limits.passwordLength ?? 8;

  async function send(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setProblem(null);
    try {
      await submit((name) => textOf(form, name));
    } catch (error) {
      const found = problemOf(error, passwordLength);
      const named = form.querySelector<HTMLElement>(`[name="${found.field ?? last}"]`);
      setProblem({ ...found, field: named === null ? last : (found.field ?? last) });
      (named ?? form.querySelector<HTMLElement>(`[name="${last}"]`))?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="form" onSubmit={(event) => void send(event)}>
      {children((field) => (problem?.field === field ? problem.text : null))}
      <button class="button primary wide" type="submit" disabled={busy}>
        {busy ? t("auth.busy") : action}
      </button>
    </form>
  );
}

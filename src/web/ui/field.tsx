import type { InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  name: string;
  label: string;
  hint: string | null;
  error: string | null;
  input?: InputHTMLAttributes<HTMLInputElement>;
}

/** A labelled input with its hint, and its error beside it. */
export function Field({ name, label, hint, error, input = {} }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        name={name}
        class="input"
        aria-invalid={error !== null}
        {...(described === "" ? {} : { "aria-describedby": described })}
      />
      {hint !== null && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== null && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** What was typed into a field of a form. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}

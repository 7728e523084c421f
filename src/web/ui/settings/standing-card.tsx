import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface StandingProps {
  title: string;
  /** How it stands, in few words. */
  state: string;
  /** Whether that is what protects an account. */
  isOn?: boolean;
  text?: string;
  children: ComponentChildren;
}

/** Something of an account: how it stands, and what can be done about it. */
export function StandingCard({ title, state, isOn = false, text, children }: StandingProps) {
  const id = useId();
  return (
    <section class="settings-card" aria-labelledby={id}>
      <div class="standing">
        <h2 id={id}>{title}</h2>
        <p class="standing-state" role="status" data-on={isOn}>
          <bdi>{state}</bdi>
        </p>
      </div>
      {text !== undefined && <p class="muted small-text">{text}</p>}
      {children}
    </section>
  );
}

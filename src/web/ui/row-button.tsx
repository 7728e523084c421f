interface RowButtonProps {
  children: string;
  /** Whom or what the row is about: said to those who do not see it. */
  of: string;
  kind?: "primary" | "danger";
  disabled?: boolean;
  onClick: () => void;
}

/** A button that many rows of a list have. */
export function RowButton({ children, of, kind, disabled = false, onClick }: RowButtonProps) {
  return (
    <button
      type="button"
      class={kind === undefined ? "button small" : `button small ${kind}`}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
      <span class="unseen"> {of}</span>
    </button>
  );
}

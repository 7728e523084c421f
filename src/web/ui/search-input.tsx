import type { InputHTMLAttributes } from "preact";
import { t, type TextId } from "../platform/language.ts";

interface SearchInputProps extends Pick<InputHTMLAttributes<HTMLInputElement>, "onFocus" | "onKeyDown"> {
  label: TextId;
  typed: string;
  onType: (typed: string) => void;
  autofocus?: boolean;
}

/** What narrows a list down; it has the focus at once, unless that would bring up a keyboard on the screen. */
export function SearchInput({ label, typed, onType, autofocus = true, ...events }: SearchInputProps) {
  return (
    <input
      {...events}
      class="input"
      type="search"
      autofocus={autofocus && matchMedia("(hover: hover)").matches}
      aria-label={t(label)}
      placeholder={t(label)}
      value={typed}
      onInput={(event) => onType(event.currentTarget.value)}
    />
  );
}

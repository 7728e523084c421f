import { useEffect, useRef } from "preact/hooks";
import type { Search } from "../domain/search.ts";
import { t, type TextId } from "../platform/language.ts";
import { dateField } from "./format.ts";

/** While somebody types the server is not asked. */
const pause = 250;
/** As much as the server takes. */
const longest = 500;

interface Chip {
  /** What is put into the field; `|` is where the writing goes on. */
  insert: () => string;
  shown: string;
  text: TextId;
}

const today = () => dateField(new Date());
const chips: readonly Chip[] = [
  { insert: () => "from:|", shown: "from:", text: "search.from" },
  { insert: () => "in:|", shown: "in:", text: "search.in" },
  { insert: () => `before:${today()}|`, shown: "before:", text: "search.before" },
  { insert: () => `after:${today()}|`, shown: "after:", text: "search.after" },
  { insert: () => "has:link |", shown: "has:link", text: "search.hasLink" },
  { insert: () => '"|"', shown: '"…"', text: "search.phrase" },
  { insert: () => "-|", shown: "-…", text: "search.without" },
];

/** Where one types, and what can be typed there, to choose from. */
export function SearchField({ search, onEnter }: { search: Search; onEnter: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const typed = search.typed.value;
  useEffect(() => () => clearTimeout(timer.current), []);
  function type(text: string) {
    search.typed.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void search.look(), pause);
  }
  function put({ insert }: Chip) {
    const field = input.current;
    if (field === null) return;
    const [from, until] = [field.selectionStart ?? typed.length, field.selectionEnd ?? typed.length];
    const gap = from === 0 || /\s/u.test(typed[from - 1] ?? "") ? "" : " ";
    const [before = "", after = ""] = insert().split("|");
    field.setRangeText(gap + before + after, from, until, "end");
    const caret = from + gap.length + before.length;
    field.focus();
    field.setSelectionRange(caret, caret);
    type(field.value);
  }
  return (
    <form
      class="search-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onEnter();
      }}
    >
      <input
        ref={input}
        class="input search-input"
        type="search"
        aria-label={t("search.label")}
        placeholder={t("search.label")}
        maxLength={longest}
        autocomplete="off"
        dir="auto"
        value={typed}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <ul class="search-chips" aria-label={t("search.help")} data-short={typed !== ""}>
        {chips.map((chip) => (
          <li key={chip.shown}>
            <button type="button" title={t(chip.text)} onClick={() => put(chip)}>
              <code dir="ltr">{chip.shown}</code>
              <span>{t(chip.text)}</span>
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { keepRecent, type Offered, offer, readRecent, searchEmoji } from "../domain/emoji.ts";
import type { EmojiChoice } from "../domain/reactions.ts";
import { loadEmoji } from "../platform/emoji.ts";
import { language, t, type TextId } from "../platform/language.ts";
import { readPreference, writePreference } from "../platform/preferences.ts";
import { useClient } from "./context.ts";
import { Emoji } from "./reactions.tsx";
import { SearchInput } from "./search-input.tsx";

interface Section {
  title: TextId;
  /** What stands for the section in the row of tabs. */
  sign: string;
  emoji: readonly Offered[];
}

/** The groups of Unicode, in its order. */
const groups: readonly Omit<Section, "emoji">[] = [
  { title: "emoji.smileys", sign: "😀" },
  { title: "emoji.people", sign: "👋" },
  { title: "emoji.animals", sign: "🦋" },
  { title: "emoji.food", sign: "🍓" },
  { title: "emoji.travel", sign: "⛵" },
  { title: "emoji.activities", sign: "🎈" },
  { title: "emoji.objects", sign: "💡" },
  { title: "emoji.symbols", sign: "💛" },
  { title: "emoji.flags", sign: "🏁" },
];
/** How many stand side by side (the style sheet says the same). */
const columns = 7;

/** Every emoji of Unicode and of this server, to search and to choose from. */
export function EmojiPicker({ onChoose }: { onChoose: (choice: EmojiChoice) => void }) {
  const [typed, setTyped] = useState("");
  const body = useRef<HTMLDivElement>(null);
  const sections = useSections();
  const found = useMemo(() => {
    const once = new Map(sections?.flatMap(({ emoji }) => emoji.map((one) => [one.emoji, one] as const)));
    return typed.trim() === "" ? null : searchEmoji([...once.values()], typed);
  }, [sections, typed]);
  const shown = found === null ? sections : [{ title: "emoji.found" as const, sign: "", emoji: found }];
  function choose({ emoji, url }: Offered) {
    writePreference("emoji", keepRecent(readRecent(readPreference("emoji")), emoji));
    onChoose({ emoji, url });
  }
  return (
    <div class="picker" onKeyDown={(event) => moveInGrid(event)}>
      <SearchInput
        label="emoji.search"
        typed={typed}
        onType={setTyped}
        onKeyDown={(event) => event.key === "Enter" && found?.[0] !== undefined && choose(found[0])}
      />
      {found === null && <Tabs sections={sections ?? []} body={body} />}
      <div class="picker-body" ref={body} tabIndex={-1} aria-busy={shown === null}>
        {shown?.map((section) => (
          <PickerSection key={section.title} {...section} onChoose={choose} />
        ))}
        {found?.length === 0 && <p class="muted picker-none">{t("emoji.none")}</p>}
      </div>
    </div>
  );
}

function PickerSection({ title, emoji, onChoose }: Section & { onChoose: (one: Offered) => void }) {
  if (emoji.length === 0) return null;
  return (
    <section class="picker-section" aria-label={t(title)} data-section={title}>
      <h3 aria-hidden="true">{t(title)}</h3>
      <div class="picker-grid">
        {emoji.map((one, index) => (
          <button
            key={one.emoji}
            type="button"
            class="picker-emoji"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={one.name}
            title={one.name}
            onClick={() => onChoose(one)}
          >
            <Emoji of={one} />
          </button>
        ))}
      </div>
    </section>
  );
}

interface TabsProps {
  sections: readonly Section[];
  body: { current: HTMLElement | null };
}

function Tabs({ sections, body }: TabsProps) {
  const filled = sections.filter(({ emoji }) => emoji.length > 0);
  return (
    <nav class="picker-tabs" aria-label={t("emoji.groups")}>
      {filled.map(({ title, sign }) => (
        <button
          key={title}
          type="button"
          aria-label={t(title)}
          title={t(title)}
          onClick={() => body.current?.querySelector(`[data-section="${title}"]`)?.scrollIntoView()}
        >
          <span class="emoji">{sign}</span>
        </button>
      ))}
    </nav>
  );
}

/** What the picker offers; null while it is loaded. */
function useSections(): Section[] | null {
  const client = useClient();
  const [unicode, setUnicode] = useState<readonly Section[] | null>(null);
  const [custom, setCustom] = useState<readonly Offered[]>([]);
  const shownLanguage = language.value;
  useEffect(() => {
    void loadEmoji(shownLanguage).then((loaded) =>
      setUnicode(
        groups.map((group, index) => ({ ...group, emoji: (loaded[index] ?? []).map((one) => offer(one)) })),
      ),
    );
  }, [shownLanguage]);
  useEffect(() => {
    void client.customEmoji.load().then(setCustom);
  }, [client]);
  return useMemo(() => {
    if (unicode === null) return null;
    const own: Section = { title: "emoji.custom", sign: "✨", emoji: custom };
    const all = new Map(
      [own, ...unicode].flatMap(({ emoji }) => emoji.map((one) => [one.emoji, one] as const)),
    );
    const recent = readRecent(readPreference("emoji")).flatMap((emoji) => all.get(emoji) ?? []);
    return [{ title: "emoji.recent", sign: "🕘", emoji: recent }, own, ...unicode];
  }, [unicode, custom]);
}

/** Arrow keys between emoji as they stand, from one group into the next; down from the search field into them. */
function moveInGrid(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const { target, currentTarget } = event;
  if (step === undefined || !(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement))
    return;
  const grids = [...currentTarget.querySelectorAll(".picker-grid")].map((grid) => [...grid.children]);
  const isField = target instanceof HTMLInputElement;
  if (isField && event.key !== "ArrowDown") return;
  const next = isField ? grids[0]?.[0] : neighbour(grids, target, step);
  if (next instanceof HTMLElement) {
    next.focus();
    event.preventDefault();
  }
}

function neighbour(grids: Element[][], from: Element, step: number): Element | undefined {
  const row = grids.findIndex((grid) => grid.includes(from));
  const grid = grids[row];
  if (grid === undefined) return undefined;
  const direction = document.dir === "rtl" && Math.abs(step) === 1 ? -step : step;
  const at = grid.indexOf(from) + direction;
  const inside = grid[at];
  if (inside !== undefined) return inside;
  const column = Math.abs(direction) === 1 ? 0 : grid.indexOf(from) % columns;
  if (direction < 0) {
    const above = grids[row - 1];
    if (above === undefined) return undefined;
    const lastRow = Math.floor((above.length - 1) / columns) * columns;
    return direction === -1 ? above.at(-1) : (above[lastRow + column] ?? above.at(-1));
  }
  // The last row of a group may be shorter than the column that one comes from.
  const isLastRow = Math.floor(grid.indexOf(from) / columns) === Math.floor((grid.length - 1) / columns);
  if (direction === columns && !isLastRow) return grid.at(-1);
  return grids[row + 1]?.[column] ?? grids[row + 1]?.at(-1);
}

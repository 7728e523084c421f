import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { placeOf, searchedIn } from "../domain/links.ts";
import type { Search } from "../domain/search.ts";
import { t } from "../platform/language.ts";
import "../styles/search.css";
import { useClient } from "./context.ts";
import { BackIcon } from "./icons.tsx";
import { ListEnd } from "./list-end.tsx";
import { titleOf } from "./names.ts";
import { failureText } from "./refusals.ts";
import { moveInList } from "./regions.ts";
import { SearchField } from "./search-field.tsx";
import { SearchHit } from "./search-hit.tsx";
import { useUnexpired } from "./use-expiry.ts";
import { useSearch } from "./use-search.ts";

/** Finds messages by what they say; it stands in the place of the list while its results are looked at. */
export function SearchPane() {
  const search = useSearch();
  const { path, url } = useLocation();
  const { open, close } = useWays(search);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const asked = searchedIn(url);
    if (asked !== null) search.begin(asked.place, asked.everywhere);
  }, [search, url]);
  useFocus(pane, search);
  return (
    <section
      ref={pane}
      class="search"
      aria-label={t("search.title")}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          close();
        } else if (!isCaretMove(event)) moveInList(event, ".search-input, .search-hit");
      }}
    >
      <header class="bar sidebar-bar">
        <button
          type="button"
          class="icon-button"
          aria-label={t("search.close")}
          title={t("search.close")}
          onClick={close}
        >
          <BackIcon />
        </button>
        {path === "/search" ? (
          <h1 class="bar-title">{t("search.title")}</h1>
        ) : (
          <h2 class="bar-title">{t("search.title")}</h2>
        )}
      </header>
      <SearchField
        search={search}
        onEnter={() => pane.current?.querySelector<HTMLElement>(".search-hit")?.click()}
      />
      <Scope search={search} />
      <Results search={search} onOpen={open} />
    </section>
  );
}

/** Home and End belong to what is typed. */
function isCaretMove({ key, target }: KeyboardEvent): boolean {
  return target instanceof HTMLInputElement && (key === "Home" || key === "End" || target.type === "radio");
}

/** The way to a result, from which Back leads to the results again; and the way out. */
function useWays(search: Search) {
  const { searching, sought } = useClient();
  const { path, url, route } = useLocation();
  return {
    open(message: { id: string; conversationId: string }) {
      search.opened = message.id;
      searching.value = true;
      const to = placeOf(message);
      if (to === path) sought.value += 1;
      else route(to);
    },
    close() {
      searching.value = false;
      const asked = searchedIn(url);
      if (asked !== null) route(asked.place === null ? "/" : `/c/${asked.place}`, true);
    },
  };
}

/** The focus is in the field at first, and on the result that was opened when its reader comes back; at last where it was before. */
function useFocus(pane: { current: HTMLElement | null }, search: Search): void {
  const { path } = useLocation();
  useEffect(() => {
    if (path !== "/search") return;
    const find = (selector: string) => pane.current?.querySelector<HTMLElement>(selector) ?? null;
    const opened = search.opened === null ? null : find(`[data-id="${CSS.escape(search.opened)}"]`);
    (opened ?? find(".search-input"))?.focus();
  }, [pane, search, path]);
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
}

/** Here or everywhere, where it was begun in a conversation. */
function Scope({ search }: { search: Search }) {
  const { store } = useClient();
  const place = search.place.value;
  const known = place === null ? undefined : store.conversation(place);
  if (known === undefined) return null;
  const name = titleOf(known.conversation, store.state.value.me);
  const options = [
    { everywhere: false, label: t("search.here", { name }) },
    { everywhere: true, label: t("search.everywhere") },
  ];
  return (
    <fieldset class="search-scope">
      <legend class="unseen">{t("search.scope")}</legend>
      {options.map(({ everywhere, label }) => (
        <label key={label} class="choice">
          <input
            type="radio"
            name="scope"
            checked={search.everywhere.value === everywhere}
            onChange={() => search.begin(place, everywhere)}
          />
          <span>
            <bdi class="clipped">{label}</bdi>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface ResultsProps {
  search: Search;
  onOpen: (message: { id: string; conversationId: string }) => void;
}

function Results({ search, onOpen }: ResultsProps) {
  const loaded = search.results.value;
  const messages = useMemo(() => loaded?.map(({ message }) => message) ?? [], [loaded]);
  const lasting = new Set(useUnexpired(messages));
  const results = loaded?.filter(({ message }) => lasting.has(message)) ?? null;
  const failure = search.failure.value;
  return (
    <div class="search-results" aria-busy={search.busy.value}>
      <p class="search-count" role="status">
        {countText(search)}
      </p>
      {results?.length === 0 && <p class="muted search-none">{t("search.noneNext")}</p>}
      {results !== null && results.length > 0 && (
        <ul>
          {results.map((result) => (
            <SearchHit key={result.message.id} result={result} onOpen={() => onOpen(result.message)} />
          ))}
          <ListEnd onSight={() => void search.more()} count={messages.length} />
        </ul>
      )}
      {failure !== null && (
        <p class="field-error" role="alert">
          {failureText(failure)}{" "}
          <button type="button" class="link-button" onClick={() => void search.again()}>
            {t("message.retry")}
          </button>
        </p>
      )}
    </div>
  );
}

/** How many there are; said once, whatever comes by scrolling. */
function countText(search: Search): string {
  const first = search.first.value;
  if (first === null) return "";
  if (first.count === 0) return t("search.none");
  return t(first.more ? "search.countMore" : "search.count", { count: first.count });
}

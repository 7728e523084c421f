import { useState } from "preact/hooks";
import { searchPath } from "../domain/links.ts";
import type { List } from "../domain/lists.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { FindIcon, MoreIcon, SearchIcon } from "./icons.tsx";
import { later, Later } from "./later.tsx";

const ListMenu = later(() => import("./list-menu.tsx").then(({ ListMenu }) => ListMenu));

/** Above the list: the way to any conversation by its name, and which part of the list is shown. */
export function ListTools({ open }: { open: string | null }) {
  const { switching } = useClient();
  const [source, setSource] = useState<Element | null>(null);
  return (
    <>
      <div class="list-tools">
        <button
          type="button"
          class="find-conversation"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => (switching.value = true)}
        >
          <SearchIcon />
          <span class="clipped">{t("switcher.open")}</span>
        </button>
        <a
          class="icon-button"
          href={searchPath(open, true)}
          aria-label={t("search.title")}
          title={t("search.title")}
        >
          <FindIcon />
        </a>
        <button
          type="button"
          class="icon-button"
          aria-label={t("list.menu")}
          title={t("list.menu")}
          onClick={(event) => setSource(event.currentTarget)}
        >
          <MoreIcon />
        </button>
      </div>
      <Views />
      {source !== null && (
        <Later>
          <ListMenu source={source} onClose={() => setSource(null)} />
        </Later>
      )}
    </>
  );
}

/** The parts of the list: everything, what is unread, and one's own folders; one tab stop, arrow keys between them. */
function Views() {
  const { store, view } = useClient();
  const { folders } = store.state.value;
  const views: { list: List; name: string }[] = [
    { list: "accepted", name: t("list.all") },
    { list: "unread", name: t("list.onlyUnread") },
    ...folders.map(({ id, name }) => ({ list: `folder ${id}` as const, name })),
  ];
  const shown = views.some(({ list }) => list === view.value) ? view.value : "accepted";
  function onKeyDown(event: KeyboardEvent) {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const at = views.findIndex(({ list }) => list === shown);
    const next = views[(at + (event.key === forward ? 1 : -1) + views.length) % views.length];
    if (next === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    view.value = next.list;
    event.currentTarget.querySelectorAll<HTMLElement>(".view")[views.indexOf(next)]?.focus();
  }
  return (
    <div class="views" role="radiogroup" aria-label={t("list.views")} onKeyDown={onKeyDown}>
      {views.map(({ list, name }) => (
        <button
          key={list}
          type="button"
          class="view"
          role="radio"
          aria-checked={list === shown}
          tabIndex={list === shown ? 0 : -1}
          onClick={() => (view.value = list)}
        >
          <bdi>{name}</bdi>
        </button>
      ))}
    </div>
  );
}

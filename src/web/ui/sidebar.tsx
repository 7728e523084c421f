import { useEffect } from "preact/hooks";
import { conversationIn } from "../domain/links.ts";
import type { List } from "../domain/lists.ts";
import { t, type TextId } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { ConversationRows } from "./conversation-rows.tsx";
import { useLasting } from "./hooks.ts";
import { BackIcon, BookmarkIcon, Firefly, InboxIcon, PencilIcon, PeopleIcon } from "./icons.tsx";
import { later, Later } from "./later.tsx";
import { ListTools } from "./list-tools.tsx";

const Invitations = later(() => import("./invitations.tsx").then(({ Invitations }) => Invitations));

const SearchPane = later(() => import("./search-pane.tsx").then(({ SearchPane }) => SearchPane));

/** The first pane: conversations, or the requests of strangers. */
export function Sidebar({ path }: { path: string }) {
  const { store } = useClient();
  const open = conversationIn(path);
  const openState = open === null ? undefined : store.conversation(open)?.membership;
  const showsRequests = path === "/requests" || openState?.state === "request";
  const isArchived = openState !== undefined && openState.archivedAt !== null;
  if (useSearches(path)) {
    return (
      <nav class="sidebar" aria-label={t("search.title")} data-region>
        <Later>
          <SearchPane />
        </Later>
      </nav>
    );
  }
  const part = showsRequests
    ? "request"
    : path === "/left"
      ? "left"
      : isArchived || path === "/archived"
        ? "archived"
        : null;
  return (
    <nav class="sidebar" aria-label={t("list.label")} data-region>
      {part === null ? <ListHeader path={path} /> : <PartHeader title={t(labelOf(part))} />}
      {part === "request" ? <RequestList open={open} /> : <ConversationList open={open} part={part} />}
    </nav>
  );
}

/** Whether a search is in the place of the list: while one searches, and while its results are opened. */
function useSearches(path: string): boolean {
  const { searching } = useClient();
  const searches = path === "/search" || (searching.value && /^\/c\/[^/]+\/m\//.test(path));
  useEffect(() => {
    if (!searches) searching.value = false;
  }, [searches, searching]);
  return searches;
}

function ListHeader({ path }: { path: string }) {
  const { session, server } = useClient();
  const me = session.person.value;
  const Title = path === "/" || path.startsWith("/new") ? "h1" : "h2";
  return (
    <header class="bar sidebar-bar">
      <a class="brand" href="/">
        <Firefly />
        <Title class="wordmark">{server.value?.name ?? "Luciole"}</Title>
      </a>
      <a class="icon-button" href="/saved" aria-label={t("saved.title")} title={t("saved.title")}>
        <BookmarkIcon />
      </a>
      <a
        class="icon-button accent"
        href="/new/group"
        aria-label={t("newGroup.title")}
        title={t("newGroup.title")}
      >
        <PeopleIcon />
      </a>
      <a class="icon-button accent" href="/new" aria-label={t("new.title")} title={t("new.title")}>
        <PencilIcon />
      </a>
      {me !== null && (
        <a
          class="icon-button round"
          href="/settings"
          aria-label={t("settings.open")}
          title={t("settings.open")}
        >
          <Avatar person={me} size="small" />
        </a>
      )}
    </header>
  );
}

function PartHeader({ title }: { title: string }) {
  return (
    <header class="bar sidebar-bar">
      <a class="icon-button" href="/" aria-label={t("nav.back")} title={t("nav.back")}>
        <BackIcon />
      </a>
      <h1 class="bar-title">{title}</h1>
    </header>
  );
}

function ConversationList({ open, part }: { open: string | null; part: List | null }) {
  const { store, sync, view } = useClient();
  const any = store.accepted.value.length > 0;
  const requests = store.requests.value.length + store.invitations.value.length;
  const ready = sync.ready.value;
  const slow = useLasting(!ready, 150);
  if (!ready) return slow ? <ListSkeleton /> : null;
  if (part !== null) return <ListOrWhy key={part} list={part} open={open} />;
  return (
    <>
      {any && <ListTools open={open} />}
      {requests > 0 && <RequestsLink count={requests} />}
      {any ? <ListOrWhy key={view.value} list={view.value} open={open} /> : <EmptyList />}
    </>
  );
}

/** A list, or why there is nothing in it. */
function ListOrWhy({ list, open }: { list: List; open: string | null }) {
  const { lists } = useClient();
  const isEmpty = lists.shown(list).value.length === 0;
  const more = lists.hasMore(list);
  useEffect(() => {
    if (isEmpty && more) void lists.loadMore(list);
  }, [lists, list, isEmpty, more]);
  if (!isEmpty) return <ConversationRows list={list} label={t(labelOf(list))} open={open} />;
  if (more) return null;
  return (
    <div class="empty-list">
      <p>{t(emptyOf(list))}</p>
    </div>
  );
}

const labels: Partial<Record<List, TextId>> = {
  request: "requests.title",
  left: "list.left",
  unread: "list.onlyUnread",
  archived: "archive.title",
};

function labelOf(list: List): TextId {
  return labels[list] ?? "list.label";
}

function emptyOf(list: List): TextId {
  if (list === "unread") return "list.noneUnread";
  if (list === "archived") return "archive.empty";
  if (list === "left") return "list.noneLeft";
  return list === "accepted" ? "list.allArchived" : "list.noneInFolder";
}

function RequestsLink({ count }: { count: number }) {
  return (
    <a class="requests-link" href="/requests">
      <InboxIcon />
      <span>{t("requests.link", { count })}</span>
      <span class="pill quiet" aria-hidden="true">
        {count}
      </span>
    </a>
  );
}

function RequestList({ open }: { open: string | null }) {
  const { store } = useClient();
  const requests = store.requests.value;
  const invitations = store.invitations.value;
  if (requests.length === 0 && invitations.length === 0) {
    return (
      <div class="empty-list">
        <p>{t("requests.empty")}</p>
        <p class="muted">{t("requests.explain")}</p>
      </div>
    );
  }
  return (
    <>
      <p class="list-note">{t("requests.explain")}</p>
      {invitations.length > 0 && (
        <Later>
          <Invitations invitations={invitations} />
        </Later>
      )}
      <ConversationRows list="request" label={t("requests.title")} open={open} />
    </>
  );
}

function EmptyList() {
  return (
    <div class="empty-list">
      <p>{t("list.empty")}</p>
      <p class="muted">{t("list.emptyNext")}</p>
      <a class="button" href="/new">
        {t("new.title")}
      </a>
    </div>
  );
}

function ListSkeleton() {
  return (
    <div class="skeletons" role="status" aria-label={t("start.loading")}>
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} class="skeleton-row">
          <span class="skeleton circle" />
          <span class="skeleton line" />
        </div>
      ))}
    </div>
  );
}

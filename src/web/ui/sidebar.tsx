import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useRef } from "preact/hooks";
import { conversationIn } from "../domain/links.ts";
import type { List } from "../domain/sync.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { useLasting } from "./hooks.ts";
import { BackIcon, BookmarkIcon, Firefly, InboxIcon, PencilIcon } from "./icons.tsx";
import { moveInList } from "./regions.ts";

/** The first pane: conversations, or the requests of strangers. */
export function Sidebar({ path }: { path: string }) {
  const { store } = useClient();
  const open = conversationIn(path);
  const openState = open === null ? undefined : store.conversation(open)?.membership.state;
  const showsRequests = path === "/requests" || openState === "request";
  return (
    <nav class="sidebar" aria-label={t("list.label")} data-region>
      {showsRequests ? <RequestsHeader /> : <ListHeader path={path} />}
      {showsRequests ? <RequestList open={open} /> : <ConversationList open={open} />}
    </nav>
  );
}

function ListHeader({ path }: { path: string }) {
  const { session, server } = useClient();
  const me = session.person.value;
  const Title = path === "/" || path === "/new" ? "h1" : "h2";
  return (
    <header class="bar sidebar-bar">
      <a class="brand" href="/">
        <Firefly />
        <Title class="wordmark">{server.value?.name ?? "Luciole"}</Title>
      </a>
      <a class="icon-button" href="/saved" aria-label={t("saved.title")} title={t("saved.title")}>
        <BookmarkIcon />
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

function RequestsHeader() {
  return (
    <header class="bar sidebar-bar">
      <a class="icon-button" href="/" aria-label={t("nav.back")} title={t("nav.back")}>
        <BackIcon />
      </a>
      <h1 class="bar-title">{t("requests.title")}</h1>
    </header>
  );
}

function ConversationList({ open }: { open: string | null }) {
  const { store, sync } = useClient();
  const conversations = store.accepted.value;
  const requests = store.requests.value;
  const ready = sync.ready.value;
  const slow = useLasting(!ready, 150);
  if (!ready) return slow ? <ListSkeleton /> : null;
  return (
    <>
      {requests.length > 0 && <RequestsLink requests={requests} />}
      {conversations.length === 0 ? (
        <EmptyList />
      ) : (
        <Items list="accepted" conversations={conversations} open={open} />
      )}
    </>
  );
}

function RequestsLink({ requests }: { requests: ConversationState[] }) {
  return (
    <a class="requests-link" href="/requests">
      <InboxIcon />
      <span>{t("requests.link", { count: requests.length })}</span>
      <span class="pill quiet" aria-hidden="true">
        {requests.length}
      </span>
    </a>
  );
}

function RequestList({ open }: { open: string | null }) {
  const requests = useClient().store.requests.value;
  if (requests.length === 0) {
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
      <Items list="request" conversations={requests} open={open} />
    </>
  );
}

interface ItemsProps {
  list: List;
  conversations: ConversationState[];
  open: string | null;
}

function Items({ list, conversations, open }: ItemsProps) {
  const { sync } = useClient();
  const end = useRef<HTMLLIElement>(null);
  const more = sync.more[list].value;
  useEffect(() => {
    if (end.current === null || more === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void sync.loadMore(list);
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [list, more, sync]);
  const stop = conversations.some(({ conversation }) => conversation.id === open)
    ? open
    : conversations[0]?.conversation.id;
  return (
    <ul class="conversations" onKeyDown={(event) => moveInList(event, ".conversation")}>
      {conversations.map((known) => (
        <ConversationItem
          key={known.conversation.id}
          known={known}
          isOpen={known.conversation.id === open}
          isStop={known.conversation.id === stop}
        />
      ))}
      <li ref={end} class="list-end" aria-hidden="true" />
    </ul>
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

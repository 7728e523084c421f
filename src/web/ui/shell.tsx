import { joinLinkUrl } from "#lib/join-link.ts";
import { Route, Router, useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { conversationIn, searchPath } from "../domain/links.ts";
import { t } from "../platform/language.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { useClient } from "./context.ts";
import { EmptyPane, NotFound } from "./empty-pane.tsx";
import { later, Later } from "./later.tsx";
import { Notice } from "./notice.tsx";
import { OutdatedBanner } from "./outdated-banner.tsx";
import { moveBetweenRegions } from "./regions.ts";
import { Sidebar } from "./sidebar.tsx";

const loadThread = () => import("./thread-pane.tsx");

const ThreadPane = later(() => loadThread().then(({ ThreadPane }) => ThreadPane));
const SettingsPane = later(() =>
  import("./settings/settings-pane.tsx").then(({ SettingsPane }) => SettingsPane),
);
const AdminPane = later(() => import("./admin/admin-pane.tsx").then(({ AdminPane }) => AdminPane));
const SavedPane = later(() => import("./saved-pane.tsx").then(({ SavedPane }) => SavedPane));
const ShortcutsDialog = later(() => import("./shortcuts.tsx").then(({ ShortcutsDialog }) => ShortcutsDialog));
const Switcher = later(() => import("./switcher.tsx").then(({ Switcher }) => Switcher));
const NewConversation = later(() =>
  import("./new-conversation.tsx").then(({ NewConversation }) => NewConversation),
);

const NewGroup = later(() => import("./new-group.tsx").then(({ NewGroup }) => NewGroup));
const JoinPage = later(() => import("./join-page.tsx").then(({ JoinPage }) => JoinPage));

const lists = ["/", "/search", "/requests", "/archived", "/left", "/new", "/new/group"];

/** The panes beside each other; on a narrow screen the list or what was opened from it. */
export function Shell() {
  const { path } = useLocation();
  const { switching } = useClient();
  const [shortcuts, setShortcuts] = useState(false);
  useTitleCount();
  useSearchKey();
  useEffect(() => {
    // So that a conversation opens at once, also when the connection is lost by then.
    loadThread().catch(() => {});
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F6") moveBetweenRegions(event);
      if (event.key === "?" && !isTyping(event)) setShortcuts(true);
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
        event.preventDefault();
        switching.value = true;
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [switching]);
  return (
    <main class="shell" data-view={lists.includes(path) ? "list" : "main"}>
      <Banners />
      <Sidebar path={path} />
      <div class="pane">
        <Router>
          <Route path="/c/:id" component={OpenThread} />
          <Route path="/c/:id/m/:message" component={OpenThread} />
          <Route path="/join" component={OpenLink} />
          <Route path="/join/:code" component={OpenInvitation} />
          <Route path="/search" component={OpenThread} />
          <Route path="/settings/:page?" component={SettingsPane} />
          <Route path="/admin/:part?" component={AdminPane} />
          <Route path="/saved" component={SavedPane} />
          <Route path="/" component={EmptyPane} />
          <Route path="/requests" component={EmptyPane} />
          <Route path="/archived" component={EmptyPane} />
          <Route path="/left" component={EmptyPane} />
          <Route path="/new" component={EmptyPane} />
          <Route path="/new/group" component={EmptyPane} />
          <Route default component={NotFound} />
        </Router>
      </div>
      <Later>
        {path === "/new" && <NewConversation />}
        {path === "/new/group" && <NewGroup />}
        {switching.value && <Switcher onClose={() => (switching.value = false)} />}
        {shortcuts && <ShortcutsDialog onClose={() => setShortcuts(false)} />}
      </Later>
      <Notice />
    </main>
  );
}

/** What is said above everything, while it holds. */
function Banners() {
  return (
    <div class="banners">
      <ConnectionBanner />
      <OutdatedBanner />
    </div>
  );
}

interface OpenThreadProps {
  id?: string;
  message?: string;
  query?: Readonly<Record<string, string>>;
}

/** An open conversation; beside a search the one that it was begun in, which stays as it is. */
function OpenThread({ id, message, query }: OpenThreadProps) {
  const shown = id ?? query?.["c"];
  if (shown === undefined) return <EmptyPane />;
  return (
    <Later>
      <ThreadPane key={shown} id={shown} message={message ?? null} />
    </Later>
  );
}

function OpenInvitation({ code = "" }: { code?: string }) {
  return <Opened link={joinLinkUrl({ origin: location.origin, code })} />;
}

/** A link into a group of another server, that somebody who has their account here followed or pasted. */
function OpenLink({ query }: Pick<OpenThreadProps, "query">) {
  const link = query?.["link"];
  return link === undefined ? <NotFound /> : <Opened link={link} />;
}

function Opened({ link }: { link: string }) {
  return (
    <Later>
      <JoinPage key={link} link={link} />
    </Later>
  );
}

/** Searches by Ctrl+F, where nothing else is open; in the field of the search the browser's own comes up. */
function useSearchKey(): void {
  const { path, route } = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isAsked = event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey);
      if (!isAsked || event.shiftKey || event.altKey || document.querySelector("dialog[open]") !== null)
        return;
      const field = document.querySelector<HTMLElement>(".search-input");
      if (field !== null && field === document.activeElement) return;
      event.preventDefault();
      if (field?.checkVisibility() === true) field.focus();
      else route(searchPath(conversationIn(path)));
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [path, route]);
}

/** The unread count before the name of the page: `(3) Luciole`. */
function useTitleCount(): void {
  const { relations, server } = useClient();
  const unread = relations.unread.value;
  const name = server.value?.name ?? "Luciole";
  useEffect(() => {
    document.title = unread > 0 ? t("title.unread", { count: unread, name }) : name;
  }, [unread, name]);
}

function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const inField = target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
  return inField || ctrlKey || metaKey || altKey;
}

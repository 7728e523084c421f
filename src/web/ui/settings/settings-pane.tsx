import type { ComponentType } from "preact";
import { t, type TextId } from "../../platform/language.ts";
import "../../styles/settings.css";
import { NotFound } from "../empty-pane.tsx";
import { later, Later } from "../later.tsx";
import { BackButton } from "../thread-header.tsx";
import { hasOffice, useMe } from "../use-office.ts";

interface Page {
  path: string;
  title: TextId;
  content: ComponentType;
}

const general: Page = {
  path: "/settings",
  title: "settings.general",
  content: later(() => import("./general.tsx").then(({ General }) => General)),
};

const pages: readonly Page[] = [
  general,
  {
    path: "/settings/account",
    title: "settings.account",
    content: later(() => import("./account.tsx").then(({ Account }) => Account)),
  },
  {
    path: "/settings/security",
    title: "settings.security",
    content: later(() => import("./security.tsx").then(({ Security }) => Security)),
  },
  {
    path: "/settings/sessions",
    title: "settings.sessions",
    content: later(() => import("./sessions.tsx").then(({ Sessions }) => Sessions)),
  },
  {
    path: "/settings/privacy",
    title: "privacy.title",
    content: later(() => import("./privacy.tsx").then(({ Privacy }) => Privacy)),
  },
];

/** What a person can set, page by page: a list beside them, or on a narrow screen one that leads to them. */
export function SettingsPane({ path }: { path: string }) {
  const page = pages.find((one) => one.path === path.replace(/\/+$/u, ""));
  const { answer: me } = useMe();
  if (page === undefined) return <NotFound />;
  const Content = page.content;
  return (
    <section class="settings" data-region data-within={page !== general}>
      <header class="bar thread-bar">
        <BackButton to={page === general ? "/" : general.path} />
        <h1 class="bar-title">{t(page === general ? "settings.title" : page.title)}</h1>
      </header>
      <div class="settings-body" key={page.path}>
        <nav class="settings-nav" aria-label={t("settings.title")}>
          <ul>
            {pages.map(({ path: to, title }) => (
              <li key={to}>
                <a href={to} aria-current={to === page.path ? "page" : undefined}>
                  {t(title)}
                </a>
              </li>
            ))}
            {hasOffice(me) && (
              <li>
                <a href="/admin">{t("admin.title")}</a>
              </li>
            )}
          </ul>
        </nav>
        <div class="settings-page">
          <Later>
            <Content />
          </Later>
        </div>
      </div>
    </section>
  );
}

import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { administrative, type ServerPermission } from "#lib/server-role.ts";
import { t, type TextId } from "../../platform/language.ts";
import "../../styles/admin.css";
import "../../styles/groups.css";
import "../../styles/settings.css";
import "../../styles/trust.css";
import { NotFound } from "../empty-pane.tsx";
import { Failure } from "../failure.tsx";
import { Firefly } from "../icons.tsx";
import { BackButton } from "../thread-header.tsx";
import { hasOffice, useMe } from "../use-office.ts";
import { AuditPart } from "./audit.tsx";
import { Invites } from "./invites.tsx";
import { Issuers } from "./issuers.tsx";
import { Networks } from "./networks.tsx";
import { Overview } from "./overview.tsx";
import { People } from "./people.tsx";
import { Requests } from "./requests.tsx";
import { Roles } from "./roles.tsx";
import { ServerSettings } from "./server-settings.tsx";
import { Servers } from "./servers.tsx";
import type { PartProps } from "./use-admin.ts";

interface Part {
  path: string;
  title: TextId;
  /** Any of these lets it be seen. */
  needs: readonly ServerPermission[];
  content: ComponentType<PartProps>;
}

const overview: Part = { path: "/admin", title: "admin.overview", needs: administrative, content: Overview };

const parts: readonly Part[] = [
  overview,
  { path: "/admin/people", title: "admin.people", needs: ["people"], content: People },
  { path: "/admin/requests", title: "admin.requests", needs: ["people"], content: Requests },
  { path: "/admin/invites", title: "admin.invites", needs: ["invite"], content: Invites },
  { path: "/admin/roles", title: "admin.roles", needs: ["roles"], content: Roles },
  { path: "/admin/networks", title: "admin.networks", needs: ["ip-rules"], content: Networks },
  { path: "/admin/issuers", title: "admin.issuers", needs: ["issuers"], content: Issuers },
  { path: "/admin/servers", title: "admin.servers", needs: ["servers"], content: Servers },
  { path: "/admin/settings", title: "admin.settings", needs: ["settings"], content: ServerSettings },
  { path: "/admin/audit", title: "admin.audit", needs: ["audit"], content: AuditPart },
];

/** The pages of those who run the server: each part only for whose role may. */
export function AdminPane({ path }: { path: string }) {
  const part = parts.find((one) => one.path === path.replace(/\/+$/u, ""));
  const { answer: me, failure, again } = useMe();
  if (part === undefined) return <NotFound />;
  if (me === null) {
    return (
      <section class="settings" data-region aria-busy={failure === null}>
        <Failure text={failure} />
        {failure !== null && (
          <button type="button" class="button" onClick={again}>
            {t("message.retry")}
          </button>
        )}
      </section>
    );
  }
  const may = me.permissions;
  const mayOpen = ({ needs }: Part) => needs.some((permission) => may.includes(permission));
  if (!hasOffice(me) || !mayOpen(part)) return <Refused role={t(`serverRole.${me.role}`)} />;
  const Content = part.content;
  return (
    <section class="settings admin" data-region data-within={part !== overview}>
      <header class="bar thread-bar">
        <BackButton to={part === overview ? "/" : overview.path} />
        <h1 class="bar-title">{t(part === overview ? "admin.title" : part.title)}</h1>
      </header>
      <div class="settings-body" key={part.path}>
        <Parts parts={parts.filter(mayOpen)} path={part.path} />
        <div class="settings-page">
          <Content may={may} />
        </div>
      </div>
    </section>
  );
}

function Parts({ parts: shown, path }: { parts: readonly Part[]; path: string }) {
  const current = useRef<HTMLAnchorElement>(null);
  useEffect(() => current.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <nav class="settings-nav" aria-label={t("admin.title")}>
      <ul>
        {shown.map((part) => {
          const isOpen = part.path === path;
          return (
            <li key={part.path}>
              <a href={part.path} ref={isOpen ? current : null} aria-current={isOpen ? "page" : undefined}>
                {t(part.title)}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Who may not is told so, and by whom that is decided. */
function Refused({ role }: { role: string }) {
  return (
    <section class="empty-pane" data-region>
      <Firefly />
      <h1 class="empty-title">{t("admin.refused")}</h1>
      <p class="muted">{t("admin.refusedText", { role })}</p>
      <a class="button" href="/">
        {t("nav.toList")}
      </a>
    </section>
  );
}

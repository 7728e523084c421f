import { useEffect, useState } from "preact/hooks";
import type { AdminPerson } from "#protocol/admin.ts";
import { t } from "../../platform/language.ts";
import { Avatar } from "../avatar.tsx";
import { Failure } from "../failure.tsx";
import { longDate } from "../format.ts";
import { MoreIcon } from "../icons.tsx";
import { SearchInput } from "../search-input.tsx";
import { More } from "./more.tsx";
import { PersonDialog, type PersonDeed } from "./person-dialogs.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { type PartProps, useAdmin, usePages } from "./use-admin.ts";

/** Milliseconds without another letter, after which it is searched. */
const PAUSE = 250;

/** Everybody who can sign in here, and what can be done about them. */
export function People({ may }: PartProps) {
  const admin = useAdmin();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const { items, failure, again, more } = usePages(async (after) => {
    const { people, next } = await admin.people(asked, after);
    return { items: people, next };
  }, asked);
  const [menu, setMenu] = useState<{ person: AdminPerson; source: Element } | null>(null);
  const [deed, setDeed] = useState<{ person: AdminPerson; name: PersonDeed } | null>(null);
  return (
    <>
      <SearchInput label="adminPerson.search" typed={typed} onType={setTyped} autofocus={false} />
      <Failure text={failure} />
      <p class="muted" role="status">
        {items?.length === 0 && t("adminPerson.none")}
      </p>
      <ul class="office-list">
        {items?.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isOpen={menu?.person.id === person.id}
            onMenu={(source) => setMenu({ person, source })}
          />
        ))}
      </ul>
      <More more={more} />
      {menu !== null && (
        <PersonMenu
          {...menu}
          may={may}
          onChoose={(name) => setDeed({ person: menu.person, name })}
          onClose={() => setMenu(null)}
        />
      )}
      {deed !== null && <PersonDialog {...deed} onDone={again} onClose={() => setDeed(null)} />}
    </>
  );
}

interface PersonRowProps {
  person: AdminPerson;
  isOpen: boolean;
  onMenu: (source: Element) => void;
}

function PersonRow({ person, isOpen, onMenu }: PersonRowProps) {
  const { handle, name, role, state, createdAt, endsAt } = person;
  const label = t("adminPerson.actions", { name: `@${handle}` });
  return (
    <li class="office-row with-avatar">
      <Avatar person={{ ...person, state: "active" }} size="small" />
      <span class="office-main">
        <bdi class="clipped office-name">{name}</bdi>
        <span class="muted small-text">
          <bdi>@{handle}</bdi> · {t("admin.since", { date: longDate(createdAt) })}
        </span>
      </span>
      <span class="office-facts">
        {role !== "member" && <span class="badge">{t(`serverRole.${role}`)}</span>}
        {state !== "active" && <span class="badge warns">{t(`adminPerson.${state}`)}</span>}
        {endsAt !== null && state !== "deleted" && (
          <span class="badge warns">{t("adminPerson.ends", { date: longDate(endsAt) })}</span>
        )}
      </span>
      {state !== "deleted" && (
        <button
          type="button"
          class="icon-button"
          aria-haspopup="menu"
          aria-expanded={isOpen}
          aria-label={label}
          title={label}
          onClick={(event) => onMenu(event.currentTarget)}
        >
          <MoreIcon />
        </button>
      )}
    </li>
  );
}

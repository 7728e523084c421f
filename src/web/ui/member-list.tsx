import type { ConversationState } from "#protocol/state.ts";
import type { Member } from "#protocol/types.ts";
import { useState } from "preact/hooks";
import { findMembers } from "../domain/members.ts";
import type { Rights } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { MoreIcon } from "./icons.tsx";
import { MemberDialog, type MemberDeed } from "./member-dialog.tsx";
import { MemberMenu } from "./member-menu.tsx";
import { Formerly } from "./formerly.tsx";
import { nameOf } from "./names.ts";
import { moveInList } from "./regions.ts";
import { SearchInput } from "./search-input.tsx";

/** Fewer are seen at a glance. */
const searchable = 10;
const pageSize = 100;

export const roleTexts = {
  owner: "role.owner",
  admin: "role.admin",
  member: "role.member",
} as const satisfies Record<Member["role"], TextId>;

/** Everybody who is in a group, those with a role first; with what may be done with each. */
export function MemberList({ known, rights }: { known: ConversationState; rights: Rights }) {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(pageSize);
  const [asks, setAsks] = useState<{ member: Member; deed: MemberDeed } | null>(null);
  const [menu, setMenu] = useState<{ member: Member; source: Element } | null>(null);
  const { members } = known.conversation;
  const found = findMembers(members, typed);
  const page = found.slice(0, shown);
  return (
    <section aria-label={t("members.title", { count: members.length })}>
      <h3>{t("members.title", { count: members.length })}</h3>
      {members.length > searchable && (
        <SearchInput label="members.search" typed={typed} onType={setTyped} autofocus={false} />
      )}
      <ul class="members" onKeyDown={(event) => moveInList(event, ".member button")}>
        {page.map((member) => (
          <MemberRow
            key={member.person.id}
            member={member}
            onMenu={(source) => setMenu({ member, source })}
            isOpen={menu?.member.person.id === member.person.id}
          />
        ))}
      </ul>
      <p class="muted" role="status">
        {found.length === 0 && t("members.none")}
      </p>
      {found.length > page.length && (
        <button type="button" class="button small" onClick={() => setShown(shown + pageSize)}>
          {t("members.more", { count: found.length - page.length })}
        </button>
      )}
      {menu !== null && (
        <MemberMenu
          {...menu}
          rights={rights}
          onChoose={(deed) => setAsks({ member: menu.member, deed })}
          onClose={() => setMenu(null)}
        />
      )}
      {asks !== null && <MemberDialog known={known} {...asks} onClose={() => setAsks(null)} />}
    </section>
  );
}

interface MemberRowProps {
  member: Member;
  isOpen: boolean;
  onMenu: (source: Element) => void;
}

function MemberRow({ member: { person, role }, isOpen, onMenu }: MemberRowProps) {
  const me = useClient().store.state.value.me;
  const name = nameOf(person);
  return (
    <li class="member">
      <Avatar person={person} size="small" />
      <span class="mention-who">
        <bdi class="clipped">{person.id === me ? t("members.you", { name }) : name}</bdi>
        <bdi class="clipped mention-address">{person.address}</bdi>
        <Formerly person={person} />
      </span>
      {role !== "member" && <span class="badge">{t(roleTexts[role])}</span>}
      <button
        type="button"
        class="icon-button small"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={t("members.actions", { name })}
        title={t("members.actions", { name })}
        onClick={(event) => onMenu(event.currentTarget)}
      >
        <MoreIcon />
      </button>
    </li>
  );
}

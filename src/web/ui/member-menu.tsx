import type { Member } from "#protocol/types.ts";
import { useLocation } from "preact-iso";
import type { Rights } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import type { MemberDeed } from "./member-dialog.tsx";
import { Menu, MenuItem } from "./menu.tsx";

interface MemberMenuProps {
  member: Member;
  source: Element;
  rights: Rights;
  onChoose: (deed: MemberDeed) => void;
  onClose: () => void;
}

/** What may be done with somebody in a group: only what the viewer may do is in it. */
export function MemberMenu({ member, source, rights, onChoose, onClose }: MemberMenuProps) {
  const me = useClient().store.state.value.me;
  const { route } = useLocation();
  const { person } = member;
  const isOther = person.id !== me;
  const label = t("members.actions", { name: person.name });
  return (
    <Menu label={label} source={source} onClose={onClose}>
      <a
        class="menu-item"
        role="menuitem"
        tabIndex={-1}
        href={person.profileUrl}
        target="_blank"
        rel="noopener noreferrer"
        onClick={onClose}
      >
        {t("details.profile")}
      </a>
      {isOther && (
        <MenuItem
          label={t("members.write")}
          onChoose={() => {
            onClose();
            route(`/new?to=${encodeURIComponent(person.address)}`);
          }}
        />
      )}
      {deedsWith(member, rights, me).map(([deed, text]) => (
        <MenuItem
          key={deed}
          label={t(text)}
          danger={deed === "remove" || deed === "ban"}
          onChoose={() => {
            onClose();
            onChoose(deed);
          }}
        />
      ))}
    </Menu>
  );
}

type DeedText = readonly [deed: MemberDeed, text: TextId];

/** What the viewer may do with somebody. */
function deedsWith({ person, role }: Member, rights: Rights, me: string): readonly DeedText[] {
  const isOther = person.id !== me;
  const isBelow = isOther && rights.isAbove(role);
  const deeds: readonly (readonly [...DeedText, fits: boolean])[] = [
    ["admin", "members.makeAdmin", isBelow && rights.owns && role === "member"],
    ["member", "members.makeMember", isBelow && role === "admin"],
    ["transfer", "members.transfer", isOther && rights.owns],
    ["remove", "members.remove", isBelow],
    ["ban", "members.ban", isBelow],
  ];
  return deeds.filter(([, , fits]) => fits).map(([deed, text]) => [deed, text]);
}

import type { ServerPermission } from "#lib/server-role.ts";
import type { AdminPerson } from "#protocol/admin.ts";
import { t, type TextId } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Menu } from "../menu.tsx";
import type { PersonDeed } from "./person-dialogs.tsx";

interface PersonMenuProps {
  person: AdminPerson;
  source: Element;
  may: readonly ServerPermission[];
  onChoose: (deed: PersonDeed) => void;
  onClose: () => void;
}

/** What can be done about somebody; whether one stands above them is the server's to say. */
export function PersonMenu({ person, source, may, onChoose, onClose }: PersonMenuProps) {
  const me = useClient().store.state.value.me;
  const isActive = person.state === "active";
  const all: readonly (readonly [deed: PersonDeed, text: TextId, fits: boolean])[] = [
    ["role", "adminPerson.role", may.includes("roles") && isActive],
    ["sessions", "adminPerson.sessions", true],
    ["link", "adminPerson.link", may.includes("passwords") && isActive],
    ["suspend", "adminPerson.suspend", isActive && person.id !== me],
    ["restore", "adminPerson.restore", !isActive],
  ];
  return (
    <Menu label={t("adminPerson.actions", { name: `@${person.handle}` })} source={source} onClose={onClose}>
      {all
        .filter(([, , fits]) => fits)
        .map(([deed, text]) => (
          <button
            key={deed}
            type="button"
            class="menu-item"
            role="menuitem"
            tabIndex={-1}
            data-danger={deed === "suspend"}
            onClick={() => {
              onClose();
              onChoose(deed);
            }}
          >
            {t(text)}
          </button>
        ))}
    </Menu>
  );
}

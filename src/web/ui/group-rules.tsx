import { type GroupAction, groupActions, type Permissions, roles } from "#lib/permissions.ts";
import type { ConversationState } from "#protocol/state.ts";
import { useId } from "preact/hooks";
import type { Rights } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { HistoryCards } from "./history-cards.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

const actionTexts: Readonly<Record<GroupAction, TextId>> = {
  write: "rules.write",
  invite: "rules.invite",
  pin: "rules.pin",
  edit: "rules.edit",
  delete: "rules.delete",
};

const leastTexts = { owner: "rules.owner", admin: "rules.admin", member: "rules.member" } as const;

/** Who may do what in a group, and what newcomers see; admins change it. */
export function GroupRules({ known, rights }: { known: ConversationState; rights: Rights }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, permissions, history, epoch, host } = known.conversation;
  const { governs } = rights;
  if (permissions === null) return null;
  return (
    <>
      {groupActions.map((action) => (
        <Rule
          key={action}
          action={action}
          permissions={permissions}
          fixed={!governs || deed.busy}
          onChoose={(next) => void deed.run(() => groups.change(id, { permissions: next, epoch }))}
        />
      ))}
      {governs ? (
        <HistoryCards
          chosen={history}
          disabled={deed.busy}
          onChoose={(next) => void deed.run(() => groups.change(id, { history: next, epoch }))}
        />
      ) : (
        <p>{t(history === "all" ? "newcomers.allText" : "newcomers.joinedText")}</p>
      )}
      <GroupOutcome deed={deed} host={host} />
    </>
  );
}

interface RuleProps {
  action: GroupAction;
  permissions: Permissions;
  fixed: boolean;
  onChoose: (permissions: Permissions) => void;
}

function Rule({ action, permissions, fixed, onChoose }: RuleProps) {
  const id = useId();
  const least = permissions[action];
  return (
    <div class="sharing-row">
      <label for={id}>{t(actionTexts[action])}</label>
      <select
        id={id}
        class="select"
        disabled={fixed}
        value={least}
        onChange={({ currentTarget: { value } }) => {
          const chosen = roles.find((role) => role === value);
          if (chosen !== undefined) onChoose({ ...permissions, [action]: chosen });
        }}
      >
        {roles.toReversed().map((role) => (
          <option key={role} value={role}>
            {t(leastTexts[role])}
          </option>
        ))}
      </select>
    </div>
  );
}

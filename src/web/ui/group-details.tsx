import type { ConversationState } from "#protocol/state.ts";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { rightsIn } from "../domain/rights.ts";
import { t } from "../platform/language.ts";
import "../styles/groups.css";
import "../styles/trust.css";
import { useClient } from "./context.ts";
import { GroupBans } from "./group-bans.tsx";
import { GroupCard } from "./group-card.tsx";
import { GroupEnd } from "./group-end.tsx";
import { GroupInvite } from "./group-invite.tsx";
import { GroupRules } from "./group-rules.tsx";
import { InviteLinks } from "./invite-links.tsx";
import { JoinRequests } from "./join-requests.tsx";
import { MemberList } from "./member-list.tsx";

/** What a group is, who is in it, and all that the viewer may do about it. */
export function GroupDetails({ known }: { known: ConversationState }) {
  const me = useClient().store.state.value.me;
  const rights = rightsIn(known, me);
  const isHere = rights.role !== null;
  const invites = rights.may("invite");
  const { id, host } = known.conversation;
  // The server that keeps it alone knows them.
  const isKeptHere = host === null;
  return (
    <>
      <GroupCard known={known} rights={rights} />
      {invites && isKeptHere && <JoinRequests known={known} />}
      <MemberList known={known} rights={rights} />
      {/* What another group left open stays closed here. */}
      <div class="folds" key={id}>
        {invites && (
          <Fold title={t("invite.title")}>
            <GroupInvite known={known} />
          </Fold>
        )}
        {invites && (
          <Fold title={t("links.title")}>
            {isKeptHere ? (
              <InviteLinks known={known} />
            ) : (
              <p class="muted">{t("links.elsewhere", { host })}</p>
            )}
          </Fold>
        )}
        <Fold title={t("rules.title")}>
          <GroupRules known={known} rights={rights} />
        </Fold>
        {rights.governs && isKeptHere && (
          <Fold title={t("bans.title")}>
            <GroupBans known={known} />
          </Fold>
        )}
      </div>
      {isHere && <GroupEnd known={known} rights={rights} />}
    </>
  );
}

/** A part that is looked at rarely, and asked of the server only then. */
function Fold({ title, children }: { title: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <div class="fold-body">{children}</div>}
    </details>
  );
}

import { applyView } from "#protocol/apply.ts";
import type { Invitation } from "#protocol/invitations.ts";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { isAsked } from "../platform/groups-api.ts";
import { t, type TextId } from "../platform/language.ts";
import "../styles/groups.css";
import { GroupAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { nameOf } from "./names.ts";
import { RowButton } from "./row-button.tsx";
import { useDeed } from "./use-deed.ts";
import { useGroupsApi } from "./use-group.ts";

type Texts = Readonly<Partial<Record<Invitation["state"], TextId>>>;

/** What became of one's own wish to come in, and how it is ended. */
const wishes: Texts = { asked: "invitation.asked", refused: "invitation.refused" };
const ends: Texts = { asked: "invite.revoke", refused: "invitation.seen" };

/** Groups into which the viewer is asked, or asks to be let; newest first. */
export function Invitations({ invitations }: { invitations: readonly Invitation[] }) {
  const sorted = invitations.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return (
    <ul class="invitations">
      {sorted.map((invitation) => (
        <InvitationCard key={invitation.id} invitation={invitation} />
      ))}
    </ul>
  );
}

function InvitationCard({ invitation }: { invitation: Invitation }) {
  const { store, sync, server } = useClient();
  const { route } = useLocation();
  const groups = useGroupsApi();
  const { busy, failure, run } = useDeed();
  const [soon, setSoon] = useState(false);
  const { id, title, picture, inviter, state } = invitation;
  const host = invitation.host ?? server.value?.host ?? location.host;
  // Who asks, or asked in vain, has nothing to accept.
  const asks = state !== "pending";
  async function accept() {
    const view = await groups.answer(id, "accept");
    sync.catchUp();
    if (view === undefined || isAsked(view)) {
      setSoon(true);
      return;
    }
    store.update((known) => applyView(known, view));
    route(`/c/${view.conversation.id}`);
  }
  async function reject() {
    await groups.answer(id, "reject");
    sync.catchUp();
  }
  return (
    <li class="invitation">
      <GroupAvatar id={invitation.conversationId ?? id} title={title} picture={picture} />
      <div class="invitation-words">
        <bdi class="invitation-title">{title}</bdi>
        <span class="muted small-text">
          {asks ? t(wishes[state] ?? "invitation.asked") : t("invitation.from", { name: nameOf(inviter) })}
        </span>
        <bdi class="faint small-text">{asks ? host : inviter.address}</bdi>
        {soon && (
          <span class="asked" role="status">
            {t("invitation.soon", { host })}
          </span>
        )}
        <Failure text={failure} />
      </div>
      <div class="invitation-answers">
        <RowButton of={title} disabled={busy || soon} onClick={() => void run(reject)}>
          {t(ends[state] ?? "request.decline")}
        </RowButton>
        {!asks && (
          <RowButton of={title} kind="primary" disabled={busy || soon} onClick={() => void run(accept)}>
            {t("request.accept")}
          </RowButton>
        )}
      </div>
    </li>
  );
}

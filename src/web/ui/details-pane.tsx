import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import { isGroup, othersOf, peerOf, readersOf } from "../domain/people.ts";
import { isGoverned } from "../domain/rights.ts";
import { t } from "../platform/language.ts";
import "../styles/trust.css";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { CopyAddress } from "./copy-address.tsx";
import { ExportChoice } from "./export-choice.tsx";
import { enumerate, longDate } from "./format.ts";
import { Formerly } from "./formerly.tsx";
import { later, Later } from "./later.tsx";
import { nameOf } from "./names.ts";
import { PaneHeader } from "./pane-header.tsx";
import { PersonActions } from "./person-actions.tsx";
import { SharingChoice } from "./sharing-choice.tsx";
import { TimerChoice } from "./timer-choice.tsx";

const GroupDetails = later(() => import("./group-details.tsx").then(({ GroupDetails }) => GroupDetails));

interface DetailsProps {
  known: ConversationState;
  /** Whether the name of whoever asks is not shown yet. */
  veiled: boolean;
  onClose: () => void;
}

/** The third pane: who is in a conversation, and who can read it. */
export function DetailsPane({ known, veiled, onClose }: DetailsProps) {
  const { store, server, relations } = useClient();
  const me = store.state.value.me;
  const { conversation } = known;
  const peer = peerOf(conversation, me);
  const hosts = readersOf(conversation, server.value?.host ?? location.host);
  const people = othersOf(conversation, me);
  const isBlocked = people.length > 0 && people.every(({ id }) => relations.blocks(id));
  const isGone = !isGroup(conversation) && peer?.state === "deleted";
  const shares = known.membership.state === "accepted" && !isBlocked && !isGone;
  return (
    <section
      class="details"
      aria-label={t("details.title")}
      data-region
      onKeyDown={(event) => event.key === "Escape" && !isInDialog(event) && onClose()}
    >
      <PaneHeader title={t("details.title")} onClose={onClose} />
      <div class="details-body">
        {peer !== undefined && !isGroup(conversation) && people.length === 1 && (
          <PersonCard person={peer} veiled={veiled} />
        )}
        {isGoverned(conversation) ? (
          <Later>
            <GroupDetails known={known} />
          </Later>
        ) : (
          isGroup(conversation) && <People people={people} />
        )}
        <section>
          <h3>{t("details.readers")}</h3>
          <p>
            {t(isGroup(conversation) ? "details.readersMany" : "details.readersText", {
              count: conversation.members.length,
              hosts: enumerate(hosts),
            })}
          </p>
          <p class="muted">{t("details.readersWhy")}</p>
        </section>
        {!isGone && <TimerChoice known={known} />}
        <ExportChoice known={known} />
        {shares && <SharingChoice known={known} />}
        <section>
          <h3>{t("details.since")}</h3>
          <p>{longDate(conversation.createdAt)}</p>
        </section>
      </div>
    </section>
  );
}

/** A key that is meant for a dialog, which closes by itself. */
function isInDialog({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("dialog") !== null;
}

function PersonCard({ person, veiled }: { person: Person; veiled: boolean }) {
  return (
    <>
      <div class="card-person">
        <Avatar person={person} size="large" veiled={veiled} />
        {!veiled && <bdi class="card-name">{nameOf(person)}</bdi>}
        <CopyAddress address={person.address} />
        {person.formerly !== null && (
          <p class="muted">{t("person.formerly", { address: person.formerly })}</p>
        )}
        {person.movedTo !== null && <p>{t("person.movedTo", { address: person.movedTo })}</p>}
        {person.state === "active" && (
          <a class="button" href={person.profileUrl} target="_blank" rel="noopener noreferrer">
            {t("details.profile")}
          </a>
        )}
      </div>
      <PersonActions person={person} />
    </>
  );
}

function People({ people }: { people: Person[] }) {
  return (
    <section>
      <h3>{t("details.people")}</h3>
      <ul class="people">
        {people.map((person) => (
          <li key={person.id}>
            <Avatar person={person} size="small" />
            <bdi class="clipped">{nameOf(person)}</bdi>
            <CopyAddress address={person.address} />
            <Formerly person={person} />
          </li>
        ))}
      </ul>
    </section>
  );
}

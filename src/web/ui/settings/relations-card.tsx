import type { Person, Relation } from "#protocol/types.ts";
import { useEffect, useState } from "preact/hooks";
import { personOf } from "../../domain/people.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { moment } from "../format.ts";
import { nameOf } from "../names.ts";
import { PersonLine } from "../person-line.tsx";
import { useDeed } from "../use-deed.ts";
import { RowButton } from "../row-button.tsx";

/** Whom the viewer blocks or mutes, each with the way back. */
export function RelationsCard() {
  const { relations } = useClient();
  const standing = relations.all.filter(({ personId }) => relations.silences(personId));
  return (
    <section class="settings-card" aria-labelledby="relations-title">
      <h2 id="relations-title">{t("relations.title")}</h2>
      {standing.length === 0 ? (
        <p class="muted small-text">{t("relations.empty")}</p>
      ) : (
        <ul class="relations">
          {standing.map((relation) => (
            <RelationRow key={relation.personId} relation={relation} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RelationRow({ relation }: { relation: Relation }) {
  const { relations } = useClient();
  const { busy, failure, run } = useDeed();
  const person = usePerson(relation.personId);
  const { personId, block } = relation;
  const undo = () => (block === null ? relations.unmute(personId) : relations.unblock(personId));
  return (
    <PersonLine
      person={person}
      note={
        <>
          <span class="muted small-text">{stateText(relation)}</span>
          <Failure text={failure} />
        </>
      }
    >
      <RowButton of={nameOf(person)} disabled={busy} onClick={() => void run(undo)}>
        {t(block === null ? "mute.undo" : "block.undo")}
      </RowButton>
    </PersonLine>
  );
}

function stateText({ block, mutedUntil }: Relation): string {
  if (block !== null) return t(block === "open" ? "relations.blocked" : "relations.silently");
  return mutedUntil === null ? t("list.muted") : t("mute.until", { time: moment(mutedUntil) });
}

/** Who somebody is: from a conversation that is loaded, else from the server. */
function usePerson(id: string): Person | undefined {
  const { api, store } = useClient();
  const [asked, setAsked] = useState<Person>();
  const conversations = Object.values(store.state.value.conversations);
  const known = conversations
    .map(({ conversation }) => personOf(conversation, id))
    .find((person) => person !== undefined);
  const isKnown = known !== undefined;
  useEffect(() => {
    // The row stands without a name where the server cannot be asked.
    if (!isKnown) api.person(id).then(setAsked, () => {});
  }, [api, id, isKnown]);
  return known ?? asked;
}

import type { Moving } from "#protocol/moving.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import "../../styles/trust.css";
import { addAlias, comeBack, moveAway, readMoving, removeAlias } from "../../platform/moving-api.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { Field, textOf } from "../field.tsx";
import { moment } from "../format.ts";
import { CloseIcon } from "../icons.tsx";
import { PersonLine } from "../person-line.tsx";
import { useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";

/** One's other accounts, which may move here, and the way to one of them. */
export function MoveCard() {
  const { session } = useClient();
  const request = session.request.bind(session);
  const { answer, failure } = useFetched(() => readMoving(request), "moving");
  const [changed, setChanged] = useState<Moving | null>(null);
  const moving = changed ?? answer;
  return (
    <section class="settings-card" aria-labelledby="move-title">
      <h2 id="move-title">{t("move.title")}</h2>
      <Failure text={failure} />
      {moving !== null && moving.movedTo === null && <MoveIn moving={moving} onChange={setChanged} />}
      {moving !== null && <MoveAway moving={moving} onChange={setChanged} />}
    </section>
  );
}

interface PartProps {
  moving: Moving;
  onChange: (moving: Moving) => void;
}

function MoveIn({ moving, onChange }: PartProps) {
  const { confirmed, dialog } = useConfirmed();
  const [added, setAdded] = useState<string | null>(null);
  async function add(address: string) {
    const known = moving.aliases.map(({ id }) => id);
    const after = await confirmed((request) => addAlias(request, address));
    setAdded(after.aliases.find(({ id }) => !known.includes(id))?.address ?? null);
    onChange(after);
  }
  return (
    <>
      <h3>{t("move.inTitle")}</h3>
      <p class="muted small-text">{t("move.inText")}</p>
      {moving.aliases.length > 0 && (
        <ul class="relations" aria-label={t("move.inList")}>
          {moving.aliases.map((person) => (
            <AliasRow key={person.id} person={person} onChange={onChange} />
          ))}
        </ul>
      )}
      <AddressForm label={t("move.inAddress")} action={t("move.inAdd")} onAddress={add} />
      <p class="small-text" role="status">
        {added !== null && t("move.inAdded", { address: added })}
      </p>
      {dialog}
    </>
  );
}

function AliasRow({ person, onChange }: { person: Moving["aliases"][number] } & Pick<PartProps, "onChange">) {
  const { session } = useClient();
  const request = session.request.bind(session);
  const { busy, failure, run } = useDeed();
  const remove = async () => onChange(await removeAlias(request, person.id));
  return (
    <PersonLine person={person} note={<Failure text={failure} />}>
      <button
        type="button"
        class="icon-button"
        aria-label={t("move.inRemove", { address: person.address })}
        title={t("move.inRemove", { address: person.address })}
        disabled={busy}
        onClick={() => void run(remove)}
      >
        <CloseIcon />
      </button>
    </PersonLine>
  );
}

function MoveAway({ moving: { movedTo, movableAt }, onChange }: PartProps) {
  const me = useClient().session.person.value;
  const { confirmed, dialog } = useConfirmed();
  const { busy, failure, run } = useDeed();
  if (movedTo !== null) {
    const back = async () => onChange(await confirmed((request) => comeBack(request)));
    return (
      <>
        <p role="status">{t("move.gone", { address: movedTo.address })}</p>
        <p class="muted small-text">{t("move.goneText")}</p>
        <Failure text={failure} />
        <button type="button" class="button" disabled={busy} onClick={() => void run(back)}>
          {t("move.back")}
        </button>
        {dialog}
      </>
    );
  }
  const away = async (address: string) => onChange(await confirmed((request) => moveAway(request, address)));
  return (
    <>
      <h3>{t("move.awayTitle")}</h3>
      <p class="muted small-text">{t("move.awayText", { address: me?.address ?? "" })}</p>
      {movableAt === null ? (
        <AddressForm label={t("move.awayAddress")} action={t("move.away")} onAddress={away} />
      ) : (
        <p>{t("move.awayAgain", { date: moment(movableAt) })}</p>
      )}
      {dialog}
    </>
  );
}

/** Where an address is typed for something; it is empty again once that is done. */
function AddressForm({
  label,
  action,
  onAddress,
}: {
  label: string;
  action: string;
  onAddress: (address: string) => Promise<void>;
}) {
  const { busy, failure, run } = useDeed();
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        void run(
          () => onAddress(textOf(form, "address").trim()),
          () => form.reset(),
        );
      }}
    >
      <Field
        name="address"
        label={label}
        hint={null}
        error={failure}
        input={{
          required: true,
          autocomplete: "off",
          autocapitalize: "none",
          spellcheck: false,
          maxLength: 320,
          placeholder: "@name@server.example",
        }}
      />
      <button type="submit" class="button" disabled={busy}>
        {action}
      </button>
    </form>
  );
}

import type { Person } from "#protocol/types.ts";
import { useId, useMemo, useState } from "preact/hooks";
import { suggestPeople } from "../domain/mentions.ts";
import { everybodyIn } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { CloseIcon } from "./icons.tsx";
import { nameOf } from "./names.ts";

/** Who is chosen, and what is typed besides: it counts too, whether Enter was pressed or not. */
export function usePicked() {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState("");
  const last = typed.trim() === "" ? [] : [addressOf(typed)];
  const all = [...new Set([...chosen, ...last])];
  /** Takes out whoever is done with. */
  const drop = (address: string): void => {
    setChosen((left) => left.filter((other) => other !== address));
    setTyped((word) => (word.trim() !== "" && addressOf(word) === address ? "" : word));
  };
  return { chosen, setChosen, typed, setTyped, all, drop };
}

interface PeoplePickerProps {
  label: string;
  picked: ReturnType<typeof usePicked>;
  /** Addresses of whom it makes no sense to choose. */
  without: readonly string[];
  error: string | null;
}

/** Chooses people by their addresses: those whom one knows are offered while one types. */
export function PeoplePicker({ label, picked, without, error }: PeoplePickerProps) {
  const { chosen, setChosen: onChange, typed, setTyped } = picked;
  const { server } = useClient();
  const id = useId();
  const [at, setAt] = useState(0);
  const found = useSuggestions(typed, [...chosen, ...without]);
  const current = Math.min(at, found.length - 1);
  function add(address: string) {
    if (!chosen.includes(address)) onChange([...chosen, address]);
    setTyped("");
    setAt(0);
  }
  function onKey(event: KeyboardEvent) {
    const person = found[current];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) setAt((current + step + found.length) % found.length);
    else if (event.key === "Enter" && person !== undefined) add(person.address);
    else if ((event.key === "Enter" || event.key === ",") && typed.trim() !== "") add(addressOf(typed));
    else if (event.key === "Escape" && typed !== "") setTyped("");
    else if (event.key === "Backspace" && typed === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {chosen.length > 0 && <Chips chosen={chosen} onChange={onChange} />}
      <input
        id={id}
        class="input"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-describedby={`${id}-hint`}
        aria-invalid={error !== null}
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        placeholder="@name@server.example"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onKey}
        {...(found.length > 0 && { "aria-activedescendant": `${id}-${current}` })}
      />
      <Suggestions id={id} label={label} found={found} current={current} onChoose={add} />
      <p class="hint" id={`${id}-hint`}>
        {t("new.hint", { host: server.value?.host ?? location.host })}
      </p>
      {error !== null && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface SuggestionsProps {
  id: string;
  label: string;
  found: readonly Person[];
  current: number;
  onChoose: (address: string) => void;
}

function Suggestions({ id, label, found, current, onChoose }: SuggestionsProps) {
  return (
    <ul class="picker-list" id={`${id}-list`} role="listbox" aria-label={label} hidden={found.length === 0}>
      {found.map((person, index) => (
        <li
          key={person.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(person.address)}
        >
          <Avatar person={person} size="small" />
          <span class="mention-who">
            <bdi class="clipped">{nameOf(person)}</bdi>
            <bdi class="clipped mention-address">{person.address}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface ChipsProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Chips({ chosen, onChange }: ChipsProps) {
  return (
    <ul class="chips">
      {chosen.map((address) => (
        <li key={address} class="chip">
          <bdi class="clipped">{address}</bdi>
          <button
            type="button"
            class="icon-button small"
            aria-label={t("picker.remove", { address })}
            title={t("picker.remove", { address })}
            onClick={() => onChange(chosen.filter((other) => other !== address))}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** People whom one knows and whom the typed word may mean. */
function useSuggestions(typed: string, without: readonly string[]): Person[] {
  const { store } = useClient();
  const { conversations, me } = store.state.value;
  const everybody = useMemo(() => [...everybodyIn(Object.values(conversations)).values()], [conversations]);
  const word = typed.trim().replace(/^@/, "");
  if (word === "") return [];
  const others = everybody.filter(
    ({ id, address, state }) => id !== me && state === "active" && !without.includes(address),
  );
  return suggestPeople(word, { members: [], others });
}

function addressOf(typed: string): string {
  const trimmed = typed.trim();
  return trimmed.startsWith("@") ? trimmed : `@${trimmed}`;
}

import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import type { RefObject } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { type MentionQuery, mentionAt, strangersIn, suggestPeople } from "../domain/mentions.ts";
import { everybodyIn } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { enumerate } from "./format.ts";
import { Formerly } from "./formerly.tsx";
import { nameOf } from "./names.ts";

/** The list of people for an `@` that is being typed. */
export interface Mentions {
  listId: string;
  found: readonly Person[];
  chosen: number;
  isHere: (person: Person) => boolean;
  /** Looks at what stands before the caret. */
  look: () => void;
  /** Takes the keys that move in the list, choose and close; answers whether it took this one. */
  onKey: (event: KeyboardEvent) => boolean;
  choose: (person: Person) => void;
  close: () => void;
}

interface MentionsInput {
  thread: Thread;
  known: ConversationState;
  input: RefObject<HTMLTextAreaElement | null>;
}

/** Offers people while a mention is typed: those of the conversation first. */
export function useMentions({ thread, known, input }: MentionsInput): Mentions {
  const listId = useId();
  const [query, setQuery] = useState<MentionQuery | null>(null);
  const [chosen, setChosen] = useState(0);
  const company = useCompany(known);
  const me = useClient().store.state.value.me;
  const found = useMemo(() => {
    const people = query === null ? [] : suggestPeople(query.word, company);
    return people.filter(({ id }) => id !== me);
  }, [query, company, me]);
  function choose({ address }: Person) {
    const field = input.current;
    if (field === null || query === null) return;
    field.setRangeText(`${address} `, query.start, query.end, "end");
    thread.writing.write(field.value);
    setQuery(null);
    field.focus();
  }
  return {
    listId,
    found,
    chosen: Math.min(chosen, found.length - 1),
    isHere: (person) => company.members.includes(person),
    look() {
      const field = input.current;
      const next =
        field === null || thread.writing.text.peek() === ""
          ? null
          : mentionAt(field.value, field.selectionEnd);
      if (next?.start !== query?.start || next?.word !== query?.word) setChosen(0);
      setQuery(next);
    },
    onKey(event) {
      const person = found[Math.min(chosen, found.length - 1)];
      if (person === undefined) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) setChosen((chosen + step + found.length) % found.length);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(person);
      else if (event.key === "Escape") setQuery(null);
      else return false;
      event.preventDefault();
      return true;
    },
    choose,
    close: () => setQuery(null),
  };
}

/** The attributes of the field while the list is open. A field of several lines stays a textbox for assistive technology. */
export function listboxOf({ found, listId, chosen }: Mentions) {
  if (found.length === 0) return { "aria-autocomplete": "list" } as const;
  return {
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-controls": listId,
    "aria-activedescendant": `${listId}-${chosen}`,
  } as const;
}

/** The people to choose from, above the field. */
export function MentionList({ mentions }: { mentions: Mentions }) {
  const { found, listId, chosen, isHere, choose } = mentions;
  return (
    <>
      <span class="unseen" role="status">
        {found.length > 0 && t("mention.found", { count: found.length })}
      </span>
      {found.length > 0 && (
        <ul class="mentions" id={listId} role="listbox" aria-label={t("mention.label")}>
          {found.map((person, index) => (
            <li
              key={person.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(person)}
            >
              <Avatar person={person} size="small" />
              <span class="mention-who">
                <bdi class="clipped">{nameOf(person)}</bdi>
                <bdi class="clipped mention-address">{person.address}</bdi>
                <Formerly person={person} />
              </span>
              {!isHere(person) && <span class="mention-away">{t("mention.notHere")}</span>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Says who is named in the text and will not get it: a mention never adds anybody. */
export function StrangersNote({ text, known }: { text: string; known: ConversationState }) {
  const { server } = useClient();
  const company = useCompany(known);
  const names = text.includes("@") ? strangersIn(text, company, server.value?.host ?? location.host) : [];
  return (
    <p class="composer-note" role="status">
      {names.length > 0 && t("mention.strangers", { count: names.length, names: enumerate(names) })}
    </p>
  );
}

/** Everybody whom this client knows: the members of a conversation, and the people of the others. */
function useCompany({ conversation }: ConversationState) {
  const { store } = useClient();
  const { conversations } = store.state.value;
  return useMemo(() => {
    const everybody = everybodyIn(Object.values(conversations));
    for (const { person } of conversation.members) everybody.delete(person.id);
    return { members: conversation.members.map(({ person }) => person), others: [...everybody.values()] };
  }, [conversation, conversations]);
}

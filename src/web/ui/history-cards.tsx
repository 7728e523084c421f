import type { Conversation } from "#protocol/types.ts";
import { useId } from "preact/hooks";
import { t, type TextId } from "../platform/language.ts";
import "../styles/trust.css";

type History = Conversation["history"];

interface HistoryCardsProps {
  chosen: History;
  onChoose: (history: History) => void;
  disabled?: boolean;
}

const choices: readonly { value: History; title: TextId; text: TextId }[] = [
  { value: "joined", title: "newcomers.joined", text: "newcomers.joinedText" },
  { value: "all", title: "newcomers.all", text: "newcomers.allText" },
];

/** What whoever comes later may read. */
export function HistoryCards({ chosen, onChoose, disabled = false }: HistoryCardsProps) {
  const name = useId();
  return (
    <fieldset class="option-cards" disabled={disabled}>
      <legend class="field-label">{t("newcomers.title")}</legend>
      {choices.map(({ value, title, text }) => (
        <label key={value} class="option-card">
          <input
            type="radio"
            name={name}
            value={value}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          <span>
            <strong>{t(title)}</strong>
            <span class="option-text">{t(text)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

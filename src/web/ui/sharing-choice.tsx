import type { ConversationState } from "#protocol/state.ts";
import type { Sharing } from "#protocol/types.ts";
import { useId } from "preact/hooks";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { type Deed, useDeed } from "./use-deed.ts";

const signals: readonly { name: keyof Sharing; label: TextId }[] = [
  { name: "receipts", label: "privacy.receipts" },
  { name: "typing", label: "privacy.typing" },
  { name: "presence", label: "privacy.presence" },
];

/** What the viewer shows in this conversation, other than everywhere. */
export function SharingChoice({ known }: { known: ConversationState }) {
  const deed = useDeed();
  return (
    <section>
      <h3>{t("sharing.title")}</h3>
      {signals.map((signal) => (
        <Choice key={signal.name} {...signal} known={known} deed={deed} />
      ))}
      <p class="muted">{t("sharing.text")}</p>
      <Failure text={deed.failure} />
    </section>
  );
}

interface ChoiceProps {
  name: keyof Sharing;
  label: TextId;
  known: ConversationState;
  deed: Deed;
}

function Choice({ name, label, known, deed }: ChoiceProps) {
  const { api, store, sync } = useClient();
  const id = useId();
  const { conversationId, sharing } = known.membership;
  const word = (on: boolean) => t(on ? "sharing.on" : "sharing.off");
  async function choose(value: string) {
    await api.chooseSharing(conversationId, { [name]: value === "" ? null : value === "on" });
    sync.catchUp();
  }
  const chosen = sharing[name];
  return (
    <div class="sharing-row">
      <label for={id}>{t(label)}</label>
      <select
        id={id}
        class="select"
        disabled={deed.busy}
        value={chosen === null ? "" : chosen ? "on" : "off"}
        onChange={({ currentTarget: { value } }) => void deed.run(() => choose(value))}
      >
        <option value="">{t("sharing.follow", { choice: word(store.state.value.preferences[name]) })}</option>
        <option value="on">{word(true)}</option>
        <option value="off">{word(false)}</option>
      </select>
    </div>
  );
}

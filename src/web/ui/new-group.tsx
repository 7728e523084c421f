import { DESCRIPTION_LENGTH, TITLE_LENGTH } from "#lib/group-limits.ts";
import { applyView } from "#protocol/apply.ts";
import type { Conversation } from "#protocol/types.ts";
import type { TargetedSubmitEvent } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { inviteEach, type NewGroupInput } from "../platform/groups-api.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Field, textOf } from "./field.tsx";
import { HistoryCards } from "./history-cards.tsx";
import { PeoplePicker, usePicked } from "./people-picker.tsx";
import { failureText } from "./refusals.ts";
import { useGroupsApi } from "./use-group.ts";
import "../styles/groups.css";

/** Begins a group: what it is called, and who is asked to come. */
export function NewGroup() {
  const { session } = useClient();
  const { route } = useLocation();
  const picked = usePicked();
  const [history, setHistory] = useState<Conversation["history"]>("joined");
  const { busy, failure, made, begin } = useBeginning(picked.drop);
  const text = failure === null ? null : failureText(failure);
  function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const [title, description] = [textOf(form, "title").trim(), textOf(form, "description").trim()];
    void begin({ title, description, history }, picked.all);
  }
  const isMade = made !== null;
  return (
    <Dialog title={t("newGroup.title")} onClose={() => route(isMade ? `/c/${made}` : "/", true)}>
      <form class="form" onSubmit={submit}>
        <Field
          name="title"
          label={t("newGroup.name")}
          hint={null}
          error={isMade ? null : text}
          input={{
            required: true,
            autofocus: true,
            maxLength: TITLE_LENGTH,
            autocomplete: "off",
            disabled: isMade,
          }}
        />
        <label class="field">
          <span class="field-label">{t("newGroup.description")}</span>
          <textarea
            class="input area"
            name="description"
            rows={2}
            maxLength={DESCRIPTION_LENGTH}
            dir="auto"
            disabled={isMade}
          />
        </label>
        <PeoplePicker
          label={t("newGroup.people")}
          picked={picked}
          without={[session.person.value?.address ?? ""]}
          error={isMade ? text : null}
        />
        <HistoryCards chosen={history} onChoose={setHistory} disabled={isMade} />
        <p class="hint">{t(isMade ? "newGroup.made" : "newGroup.invited")}</p>
        <button class="button primary wide" type="submit" disabled={busy}>
          {t(busy ? "newGroup.busy" : isMade ? "newGroup.goOn" : "newGroup.create")}
        </button>
      </form>
    </Dialog>
  );
}

/** Makes the group once, then invites people, goes on with whoever is left after a refusal, and opens it at the end. */
function useBeginning(onInvited: (address: string) => void) {
  const { store } = useClient();
  const { route } = useLocation();
  const groups = useGroupsApi();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [made, setMade] = useState<string | null>(null);
  async function make(group: NewGroupInput): Promise<string> {
    const view = await groups.create(group);
    store.update((state) => applyView(state, view));
    setMade(view.conversation.id);
    return view.conversation.id;
  }
  async function begin(group: NewGroupInput, addresses: readonly string[]): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      const id = made ?? (await make(group));
      await inviteEach(groups, { id, addresses }, onInvited);
      route(`/c/${id}`, true);
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }
  return { busy, failure, made, begin };
}

import { joinLinkUrl, parseJoinLink } from "#lib/join-link.ts";
import { applyView } from "#protocol/apply.ts";
import type { TargetedSubmitEvent } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { joinPath } from "../domain/links.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Field, textOf } from "./field.tsx";
import { failureText } from "./refusals.ts";

/** Begins a conversation with somebody whose address one knows; a link into a group leads into that. */
export function NewConversation() {
  const { api, store, server } = useClient();
  const { route, query } = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const address = textOf(form, "address").trim();
    const link = parseJoinLink(address);
    if (link !== null) {
      route(joinPath(joinLinkUrl(link)), true);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const view = await api.startConversation(address.startsWith("@") ? address : `@${address}`);
      store.update((state) => applyView(state, view));
      route(`/c/${view.conversation.id}`, true);
    } catch (failure) {
      setError(failureText(failure));
      setBusy(false);
      form.querySelector<HTMLElement>("[name=address]")?.focus();
    }
  }
  return (
    <Dialog title={t("new.title")} onClose={() => route("/", true)}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          name="address"
          label={t("new.address")}
          hint={t("new.hint", { host: server.value?.host ?? "" })}
          error={error}
          input={{
            required: true,
            autofocus: true,
            autocapitalize: "none",
            autocomplete: "off",
            spellcheck: false,
            placeholder: "@name@server.example",
            defaultValue: query["to"] ?? "",
          }}
        />
        <p class="hint">{t("new.link")}</p>
        <button class="button primary wide" type="submit" disabled={busy}>
          {t(busy ? "new.busy" : "new.start")}
        </button>
      </form>
    </Dialog>
  );
}

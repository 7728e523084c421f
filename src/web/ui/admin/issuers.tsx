import type { Issuer } from "#protocol/issuers.ts";
import { useState } from "preact/hooks";
import { AdminApi } from "../../platform/admin-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { CopyAddress } from "../copy-address.tsx";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { NotConfirmed } from "../not-confirmed.ts";
import { type Confirming, useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";
import { RowButton } from "../row-button.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { IssuerForm, type WantedIssuer } from "./issuer-form.tsx";
import { useAdmin } from "./use-admin.ts";

/** Whose word about who people are is taken. Whoever changes it shows once more who they are. */
export function Issuers() {
  const admin = useAdmin();
  const { answer, failure, again } = useFetched(admin.issuers, "issuers");
  const [editing, setEditing] = useState<Issuer | "new" | null>(null);
  const [removing, setRemoving] = useState<Issuer | null>(null);
  const close = () => setEditing(null);
  const { confirmed, dialog } = useConfirmed();
  const { deed, save, turn } = useIssuerDeeds(confirmed, again);
  return (
    <>
      {answer?.issuers.length === 0 && <NoIssuer />}
      <Failure text={failure ?? deed.failure} />
      <ul class="office-list">
        {answer?.issuers.map((issuer) => (
          <IssuerRow
            key={issuer.id}
            issuer={issuer}
            busy={deed.busy}
            onChange={() => setEditing(issuer)}
            onTurn={() => void turn(issuer)}
            onRemove={() => setRemoving(issuer)}
          />
        ))}
      </ul>
      <button type="button" class="button" onClick={() => setEditing("new")}>
        {t("issuer.add")}
      </button>
      {editing !== null && (
        <Dialog title={editing === "new" ? t("issuer.addTitle") : editing.name} onClose={close}>
          <IssuerForm
            known={editing === "new" ? null : editing}
            submit={(wanted) => save(editing, wanted, close)}
          />
        </Dialog>
      )}
      {removing !== null && (
        <DecisionDialog
          decision={{
            title: t("issuer.removeTitle", { name: removing.name }),
            text: t("issuer.removeText"),
            answer: t("admin.remove"),
            done: t("issuer.removed", { name: removing.name }),
            run: () => confirmed((request) => new AdminApi(request).removeIssuer(removing.id)),
          }}
          onDone={again}
          onClose={() => setRemoving(null)}
        />
      )}
      {dialog}
    </>
  );
}

/** What is done with issuers, each after its person has shown once more who they are. */
function useIssuerDeeds(confirmed: Confirming["confirmed"], again: () => void) {
  const { notices } = useClient();
  const deed = useDeed();
  const told = (name: string) => {
    notices.say(t("issuer.saved", { name }));
    again();
  };
  async function save(known: Issuer | "new", wanted: WantedIssuer, done: () => void) {
    const { slug, uri, ...change } = wanted;
    try {
      await confirmed((request) => {
        const api = new AdminApi(request);
        if (known === "new") return api.addIssuer({ slug, uri, ...change });
        return api.changeIssuer(known.id, change);
      });
    } catch (error) {
      if (error instanceof NotConfirmed) return;
      throw error;
    }
    done();
    told(change.name);
  }
  const turn = ({ id, disabled, name }: Issuer) =>
    deed.run(
      () => confirmed((request) => new AdminApi(request).changeIssuer(id, { disabled: !disabled })),
      () => told(name),
    );
  return { deed, save, turn };
}

function NoIssuer() {
  return (
    <div class="office-empty">
      <p>{t("issuer.none")}</p>
      <p class="muted">{t("issuer.noneNext")}</p>
    </div>
  );
}

interface IssuerRowProps {
  issuer: Issuer;
  busy: boolean;
  onChange: () => void;
  onTurn: () => void;
  onRemove: () => void;
}

function IssuerRow({ issuer, busy, ...on }: IssuerRowProps) {
  const { name, uri, signsIn, acceptsTokens, disabled, redirectUri } = issuer;
  const buttons = [
    [t("admin.change"), on.onChange],
    [t(disabled ? "issuer.enable" : "issuer.disable"), on.onTurn],
    [t("admin.remove"), on.onRemove],
  ] as const;
  return (
    <li class="office-row stacks" data-over={disabled}>
      <span class="office-main">
        <bdi class="clipped office-name">{name}</bdi>
        <bdi class="muted small-text" dir="ltr">
          {uri}
        </bdi>
        {signsIn && (
          <span class="muted small-text">
            {t("issuer.redirect")} <CopyAddress address={redirectUri} />
          </span>
        )}
      </span>
      <span class="office-facts">
        {disabled && <span class="badge warns">{t("issuer.disabled")}</span>}
        {signsIn && <span class="badge">OpenID</span>}
        {acceptsTokens && <span class="badge">JWT</span>}
      </span>
      <span class="office-buttons whole">
        {buttons.map(([text, choose]) => (
          <RowButton of={name} key={text} disabled={busy} onClick={choose}>
            {text}
          </RowButton>
        ))}
      </span>
    </li>
  );
}

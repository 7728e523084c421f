import { useState } from "preact/hooks";
import type { SignUpCode } from "#protocol/sign-up.ts";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useClient } from "../context.ts";
import { CopyAddress } from "../copy-address.tsx";
import { Failure } from "../failure.tsx";
import { Field } from "../field.tsx";
import { moment } from "../format.ts";
import { RowButton } from "../row-button.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { NoteField, UntilField } from "./fields.tsx";
import { More } from "./more.tsx";
import { endOfDay, useAdmin, usePages } from "./use-admin.ts";

/** Codes with which people make themselves an account: a new one, and those there are. */
export function Invites() {
  const admin = useAdmin();
  const { notices } = useClient();
  const { items, failure, again, more } = usePages(async (before) => {
    const { codes, next } = await admin.codes(before);
    return { items: codes, next };
  }, "codes");
  const [round, setRound] = useState(0);
  const [revoking, setRevoking] = useState<SignUpCode | null>(null);
  async function make(value: (name: string) => string) {
    const uses = value("uses") === "" ? null : Number(value("uses"));
    await admin.makeCode({ uses, expiresAt: endOfDay(value("expiresAt")), note: value("note") });
    notices.say(t("code.made"));
    setRound(round + 1);
    again();
  }
  return (
    <>
      <section class="settings-card" aria-labelledby="code-new">
        <h2 id="code-new">{t("code.new")}</h2>
        <CodeForm key={round} submit={make} />
      </section>
      <Failure text={failure} />
      {items?.length === 0 && <p class="muted office-empty">{t("code.none")}</p>}
      <ul class="office-list">
        {items?.map((code) => (
          <CodeRow key={code.id} code={code} onRevoke={() => setRevoking(code)} />
        ))}
      </ul>
      <More more={more} />
      {revoking !== null && (
        <DecisionDialog
          decision={{
            title: t("code.revokeTitle"),
            text: t("code.revokeText"),
            answer: t("admin.takeBack"),
            done: t("code.revokedDone"),
            run: () => admin.revokeCode(revoking.id),
          }}
          onDone={again}
          onClose={() => setRevoking(null)}
        />
      )}
    </>
  );
}

function CodeForm({ submit }: { submit: (value: (name: string) => string) => Promise<void> }) {
  return (
    <AuthForm action={t("code.make")} last="note" submit={submit}>
      {(problemAt) => (
        <>
          <div class="field-pair">
            <Field
              name="uses"
              label={t("code.uses")}
              hint={t("code.usesHint")}
              error={problemAt("uses")}
              input={{ type: "number", min: 1, max: 100_000, defaultValue: "1", inputMode: "numeric" }}
            />
            <UntilField error={problemAt("expiresAt")} />
          </div>
          <NoteField error={problemAt("note")} maxLength={200} />
        </>
      )}
    </AuthForm>
  );
}

/** Why a code does not hold any more; null while it does. */
function endOf({ revokedAt, expiresAt, uses, used }: SignUpCode): string | null {
  if (revokedAt !== null) return t("code.revoked");
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) return t("code.over");
  return uses !== null && used >= uses ? t("code.full") : null;
}

function CodeRow({ code, onRevoke }: { code: SignUpCode; onRevoke: () => void }) {
  const { uses, used, expiresAt, note, url } = code;
  const end = endOf(code);
  const facts = [
    uses === null ? t("code.open", { used }) : t("code.used", { used, uses }),
    expiresAt === null ? null : t("links.until", { time: moment(expiresAt) }),
  ];
  return (
    <li class="office-row stacks" data-over={end !== null}>
      <span class="office-main">
        {note !== "" && (
          <bdi class="office-name" dir="auto">
            {note}
          </bdi>
        )}
        {end === null ? <CopyAddress address={url} /> : <bdi class="clipped faint">{code.code}</bdi>}
        <span class="muted small-text">{facts.filter(Boolean).join(" · ")}</span>
      </span>
      {end === null ? (
        <RowButton of={note || code.code} onClick={onRevoke}>
          {t("admin.takeBack")}
        </RowButton>
      ) : (
        <span class="badge">{end}</span>
      )}
    </li>
  );
}

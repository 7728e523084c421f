import { type AuditAction, auditActions } from "#lib/audit-action.ts";
import type { AuditEntry } from "#protocol/admin.ts";
import { type TargetedSubmitEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { Failure } from "../failure.tsx";
import { Field, textOf } from "../field.tsx";
import { fullTime, moment } from "../format.ts";
import { sentenceOf } from "./audit-sentence.ts";
import { More } from "./more.tsx";
import { useAdmin, usePages } from "./use-admin.ts";

interface Filter {
  action: AuditAction | null;
  handle: string | null;
}

/** What was done that matters later, newest first. */
export function AuditPart() {
  const admin = useAdmin();
  const [filter, setFilter] = useState<Filter>({ action: null, handle: null });
  const { items, failure, refusal, more } = usePages(async (after) => {
    const { entries, next } = await admin.audit(filter, after);
    return { items: entries, next };
  }, JSON.stringify(filter));
  const isUnknown = refusal === "not_found";
  return (
    <>
      <FilterForm problem={isUnknown ? t("audit.unknown") : null} onFilter={setFilter} />
      {!isUnknown && <Failure text={failure} />}
      <p class="muted" role="status">
        {items?.length === 0 && t("audit.none")}
      </p>
      {!isUnknown && (
        <ol class="office-list">
          {items?.map((entry) => (
            <EntryRow key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {!isUnknown && <More more={more} />}
    </>
  );
}

function FilterForm({ problem, onFilter }: { problem: string | null; onFilter: (filter: Filter) => void }) {
  const id = useId();
  function send(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const kind = textOf(form, "action");
    onFilter({
      action: auditActions.find((action) => action === kind) ?? null,
      handle: textOf(form, "handle").trim() || null,
    });
  }
  return (
    <form class="settings-card audit-filter" onSubmit={send}>
      <div class="field">
        <label for={id}>{t("audit.kind")}</label>
        <select id={id} name="action" class="input">
          <option value="">{t("audit.all")}</option>
          {auditActions.map((action) => (
            <option key={action} value={action}>
              {kindOf(action)}
            </option>
          ))}
        </select>
      </div>
      <Field
        name="handle"
        label={t("audit.person")}
        hint={t("audit.personHint")}
        error={problem}
        input={{ maxLength: 100, autocapitalize: "none", spellcheck: false }}
      />
      <button type="submit" class="button">
        {t("audit.show")}
      </button>
    </form>
  );
}

/** What is done, of nobody in particular and with nothing in particular. */
function kindOf(action: AuditAction): string {
  const nothing = { actor: "…", person: "…", ...blank };
  return t(`audit.${action}`, nothing);
}

const blank = Object.fromEntries(
  [
    "by",
    "factor",
    "role",
    "before",
    "value",
    "network",
    "verdict",
    "doors",
    "host",
    "level",
    "slug",
    "handle",
  ].map((name) => [name, "…"]),
);

function EntryRow({ entry }: { entry: AuditEntry }) {
  return (
    <li class="office-row">
      <span class="office-main">
        <span class="audit-sentence">{sentenceOf(entry)}</span>
        <span class="muted small-text">
          <time dateTime={entry.at} title={fullTime(entry.at)}>
            {moment(entry.at)}
          </time>
          {entry.address !== null && ` · ${t("audit.from", { address: `\u2068${entry.address}\u2069` })}`}
        </span>
      </span>
    </li>
  );
}

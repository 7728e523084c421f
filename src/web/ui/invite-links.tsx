import type { ConversationState } from "#protocol/state.ts";
import type { InviteLink } from "#protocol/invitations.ts";
import type { TargetedSubmitEvent } from "preact";
import { useId } from "preact/hooks";
import { t } from "../platform/language.ts";
import { useCopy } from "./copy.ts";
import { Failure } from "./failure.tsx";
import { textOf } from "./field.tsx";
import { moment } from "./format.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { CopyIcon } from "./icons.tsx";
import { useFetched } from "./use-fetched.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

const hour = 3_600_000;
const lasting = [
  { value: "", text: "links.always" },
  { value: "1", text: "links.hour" },
  { value: "24", text: "links.day" },
  { value: "168", text: "links.week" },
] as const;
const counts = ["1", "10", "100"] as const;

/** Addresses by which people come into a group by themselves: the ones there are, and a new one. */
export function InviteLinks({ known }: { known: ConversationState }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host, revision } = known.conversation;
  const { answer, failure, again } = useFetched(() => groups.links(id), `${id} ${revision}`);
  const open = answer?.links.filter(isOpen) ?? [];
  function make(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const hours = Number(textOf(form, "hours"));
    const uses = Number(textOf(form, "uses"));
    const link = {
      uses: uses === 0 ? null : uses,
      expiresAt: hours === 0 ? null : new Date(Date.now() + hours * hour).toISOString(),
      approval: textOf(form, "approval") !== "",
    };
    void deed.run(() => groups.makeLink(id, link)).then(again);
  }
  return (
    <>
      <Failure text={failure} />
      {open.length === 0 && answer !== null && <p class="muted">{t("links.none")}</p>}
      <ul class="links">
        {open.map((link) => (
          <LinkRow
            key={link.id}
            link={link}
            busy={deed.busy}
            onRevoke={() => void deed.run(() => groups.revokeLink(link.id)).then(again)}
          />
        ))}
      </ul>
      <LinkForm busy={deed.busy} onSubmit={make} />
      <GroupOutcome deed={deed} host={host} />
    </>
  );
}

function isOpen({ revokedAt, expiresAt, uses, used }: InviteLink): boolean {
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  return revokedAt === null && !isOver && (uses === null || used < uses);
}

interface LinkRowProps {
  link: InviteLink;
  busy: boolean;
  onRevoke: () => void;
}

function LinkRow({ link: { url, uses, used, expiresAt, approval }, busy, onRevoke }: LinkRowProps) {
  const copy = useCopy();
  const facts = [
    uses === null ? t("links.used", { count: used }) : t("links.usedOf", { count: used, uses }),
    expiresAt === null ? null : t("links.until", { time: moment(expiresAt) }),
    approval ? t("links.approved") : null,
  ];
  return (
    <li>
      <button
        type="button"
        class="copy-address"
        title={t("links.copy")}
        onClick={() => void copy(url, t("links.copied"))}
      >
        <bdi class="clipped">{url}</bdi>
        <CopyIcon />
        <span class="unseen">{t("links.copy")}</span>
      </button>
      <span class="muted small-text">{facts.filter(Boolean).join(" · ")}</span>
      <button type="button" class="button small" disabled={busy} onClick={onRevoke}>
        {t("links.revoke")}
      </button>
    </li>
  );
}

interface LinkFormProps {
  busy: boolean;
  onSubmit: (event: TargetedSubmitEvent<HTMLFormElement>) => void;
}

function LinkForm({ busy, onSubmit }: LinkFormProps) {
  const id = useId();
  return (
    <form class="link-form" onSubmit={onSubmit}>
      <div class="sharing-row">
        <label for={`${id}-hours`}>{t("links.lasts")}</label>
        <select id={`${id}-hours`} name="hours" class="select">
          {lasting.map(({ value, text }) => (
            <option key={value} value={value}>
              {t(text)}
            </option>
          ))}
        </select>
      </div>
      <div class="sharing-row">
        <label for={`${id}-uses`}>{t("links.uses")}</label>
        <select id={`${id}-uses`} name="uses" class="select">
          <option value="">{t("links.unlimited")}</option>
          {counts.map((count) => (
            <option key={count} value={count}>
              {t("links.count", { count: Number(count) })}
            </option>
          ))}
        </select>
      </div>
      <label class="switch-row">
        <span>{t("links.approval")}</span>
        <input class="switch" type="checkbox" role="switch" name="approval" />
      </label>
      <button type="submit" class="button" disabled={busy}>
        {t("links.make")}
      </button>
    </form>
  );
}

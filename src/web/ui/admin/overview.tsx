import type { AdminOverview } from "#protocol/admin.ts";
import { t } from "../../platform/language.ts";
import { Failure } from "../failure.tsx";
import { amountOf } from "../format.ts";
import { useFetched } from "../use-fetched.ts";
import { useAdmin } from "./use-admin.ts";

/** What waits, and how much there is of each. */
export function Overview() {
  const admin = useAdmin();
  const { answer, failure } = useFetched(admin.overview, "overview");
  return (
    <>
      <Failure text={failure} />
      {answer !== null && (
        <>
          <ul class="tallies">
            {talliesOf(answer).map(({ label, count, href }) => (
              <li key={label}>
                <a class="tally" href={href} data-waits={href === "/admin/requests" && count > 0}>
                  <strong>{amountOf(count)}</strong>
                  <span>{label}</span>
                </a>
              </li>
            ))}
          </ul>
          <section class="settings-card">
            <h2>{t("registration.title")}</h2>
            <p>
              <strong>{t(`registration.${answer.registration}`)}.</strong>{" "}
              {t(`registration.${answer.registration}Text`)}
            </p>
          </section>
          <p class="muted small-text">
            {t("overview.lead")} {t("overview.version", { version: answer.version })}
          </p>
        </>
      )}
    </>
  );
}

interface Tally {
  label: string;
  count: number;
  href: string;
}

function talliesOf({ people, requests, codes, ipRules, servers }: AdminOverview): Tally[] {
  const all = [
    { label: t("overview.waiting"), count: requests, href: "/admin/requests" },
    { label: t("overview.active"), count: people?.active ?? null, href: "/admin/people" },
    { label: t("overview.suspended"), count: people?.suspended ?? null, href: "/admin/people" },
    { label: t("overview.codes"), count: codes, href: "/admin/invites" },
    { label: t("overview.rules"), count: ipRules, href: "/admin/networks" },
    { label: t("overview.servers"), count: servers, href: "/admin/servers" },
  ];
  return all.flatMap(({ count, ...rest }) => (count === null ? [] : [{ ...rest, count }]));
}

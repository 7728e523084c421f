import type { Consent, ConsentAnswer } from "#protocol/apps.ts";
import { useState } from "preact/hooks";
import { codeOf, requestOf, textOfScope } from "../domain/consent.ts";
import { t } from "../platform/language.ts";
import "../styles/consent.css";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { useLasting } from "./hooks.ts";
import { CheckIcon, CopyIcon, Firefly } from "./icons.tsx";
import { useConfirmed } from "./use-confirmed.ts";
import { useCopy } from "./use-copy.ts";
import { useDeed } from "./use-deed.ts";
import { useFetched } from "./use-fetched.ts";

/** Milliseconds that the page was in sight before it takes an answer: who clicked for something else did not mean this. */
const SIGHT = 800;

/** Where an app asks to be let in, and where the code for it is shown. */
export function ConsentPage({ path }: { path: string }) {
  const server = useClient().server.value;
  return (
    <main class="auth">
      <div class="auth-card consent">
        <div class="auth-brand">
          <Firefly />
          <span class="wordmark">{server?.name ?? "Luciole"}</span>
        </div>
        {path.endsWith("/native") ? <Code /> : <Question />}
      </div>
      <p class="auth-foot">{t("auth.foot")}</p>
    </main>
  );
}

function Question() {
  const { session } = useClient();
  const request = requestOf(location.search);
  const { answer, refusal, failure, again } = useFetched(
    () => session.request<Consent>("POST", "/auth/consent/look", request ?? {}),
    location.search,
  );
  const [goesTo, setGoesTo] = useState<string | null>(null);
  if (goesTo !== null) return <Answered goesTo={goesTo} />;
  if (request === null || refusal !== null) return <Faulty code={refusal ?? "invalid_request"} />;
  if (answer !== null) return <Choice consent={answer} onAnswered={setGoesTo} />;
  if (failure === null) return null;
  return (
    <>
      <Failure text={failure} />
      <button type="button" class="button wide" onClick={again}>
        {t("message.retry")}
      </button>
    </>
  );
}

function Choice({ consent, onAnswered }: { consent: Consent; onAnswered: (goesTo: string) => void }) {
  const client = useClient();
  const { busy, failure, run } = useDeed();
  const { confirmed, dialog } = useConfirmed();
  const seen = useLasting(true, SIGHT);
  const { app, scopes, returnsTo, ticket } = consent;
  const answer = (allow: boolean) =>
    run(async () => {
      const body = { ticket, allow };
      const { redirect } = await confirmed((request) =>
        request<ConsentAnswer>("POST", "/auth/consent", body),
      );
      location.assign(redirect);
      onAnswered(redirect);
    });
  return (
    <>
      <p class="auth-lead">{t("consent.asks")}</p>
      <h1>
        <bdi>{app.name}</bdi>
      </h1>
      {app.website !== null && (
        <p class="muted small-text">
          <bdi>{new URL(app.website).host}</bdi>
        </p>
      )}
      <h2 class="consent-may">{t("consent.may", { address: client.session.person.value?.address ?? "" })}</h2>
      <Scopes scopes={scopes} />
      <p class="hint">
        {returnsTo === null ? t("consent.code") : t("consent.returns", { place: returnsTo })}{" "}
        {t("consent.trust")}
      </p>
      <Failure text={failure} />
      <div class="consent-answers">
        <button
          type="button"
          class="button primary wide"
          disabled={busy || !seen}
          onClick={() => void answer(true)}
        >
          {t("consent.allow")}
        </button>
        <button type="button" class="button wide" disabled={busy} onClick={() => void answer(false)}>
          {t("consent.deny")}
        </button>
        <button type="button" class="button quiet wide" onClick={() => void run(() => client.signOut())}>
          {t("consent.other")}
        </button>
      </div>
      {dialog}
    </>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <ul class="consent-scopes">
      {scopes.map((scope) => {
        const text = textOfScope(scope);
        return (
          <li key={scope}>
            <CheckIcon />
            <span>{text === null ? t("consent.part", { scope }) : t(text)}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** The app is another program perhaps, and this page stays. */
function Answered({ goesTo }: { goesTo: string }) {
  return (
    <>
      <h1>{t("consent.done")}</h1>
      <p class="auth-lead">{t("consent.doneLead")}</p>
      <a class="button wide" href={goesTo}>
        {t("consent.goOn")}
      </a>
    </>
  );
}

function Faulty({ code }: { code: string }) {
  return (
    <>
      <h1>{t("consent.faulty")}</h1>
      <p class="auth-lead">{t(code === "invalid_client" ? "consent.unknown" : "consent.faultyLead")}</p>
      <p class="muted small-text">
        <code>{code}</code>
      </p>
      <a class="button wide" href="/">
        {t("nav.toList")}
      </a>
    </>
  );
}

function Code() {
  const code = codeOf(location.search);
  return (
    <>
      <h1>{t(code === null ? "consent.denied" : "consent.codeTitle")}</h1>
      <p class="auth-lead">{t(code === null ? "consent.deniedLead" : "consent.codeLead")}</p>
      {code !== null && <CopyCode code={code} />}
      <a class="button wide" href="/">
        {t("nav.toList")}
      </a>
    </>
  );
}

function CopyCode({ code }: { code: string }) {
  const [copied, copy] = useCopy(code);
  return (
    <>
      <p class="consent-code">
        <code>{code}</code>
      </p>
      <button type="button" class="button primary wide" onClick={() => void copy()}>
        {copied ? <CheckIcon /> : <CopyIcon />}
        {t("code.copy")}
      </button>
      <span class="unseen" role="status">
        {copied ? t("code.copied") : ""}
      </span>
    </>
  );
}

import type { SecondStep } from "#protocol/sign-in.ts";
import { useLocation } from "preact-iso";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { refusalText } from "./refusals.ts";

/** The ways in by somebody else who says who people are; why the last try came to nothing stands above them. */
export function ProviderWays() {
  const { server } = useClient();
  const { query } = useLocation();
  const { problem, next } = query;
  const after = next === undefined ? "" : `?next=${encodeURIComponent(next)}`;
  return (
    <>
      {problem !== undefined && (
        <p class="field-error" role="alert">
          {refusalText(problem)}
        </p>
      )}
      {server.value?.providers.map(({ slug, name }) => (
        // Not a page of the client: the browser goes there itself.
        <a key={slug} class="button wide" href={`/auth/providers/${slug}${after}`} target="_top">
          {t("auth.withProvider", { name })}
        </a>
      ))}
    </>
  );
}

/** What is asked for besides, of whoever comes back from a provider: it stands behind `#`, and is taken from there. */
export function takeSecondStep(): SecondStep | null {
  const encoded = location.hash.slice(1);
  if (encoded === "") return null;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (one) =>
      one.charCodeAt(0),
    );
    const step: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isStep(step) ? step : null;
  } catch {
    // Anybody can write such an address.
    return null;
  }
}

function isStep(step: unknown): step is SecondStep {
  return typeof step === "object" && step !== null && "ticket" in step && "factors" in step;
}

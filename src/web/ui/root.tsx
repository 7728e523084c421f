import { LocationProvider, useLocation } from "preact-iso";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { Client } from "../client.ts";
import { nextPlace } from "../domain/next.ts";
import { ClientContext, useClient } from "./context.ts";
import { Shell } from "./shell.tsx";
import { later, Later } from "./later.tsx";
import { Splash } from "./splash.tsx";

const AuthPage = later(() => import("./auth.tsx").then(({ AuthPage }) => AuthPage));

const ConsentPage = later(() => import("./consent-page.tsx").then(({ ConsentPage }) => ConsentPage));

/** Everything that is shown. */
export function Root({ client }: { client: Client }) {
  return (
    <ClientContext.Provider value={client}>
      <LocationProvider>
        <Gate />
      </LocationProvider>
    </ClientContext.Provider>
  );
}

const LetterPage = later(() => import("./letter-page.tsx").then(({ LetterPage }) => LetterPage));

const outside = ["/sign-in", "/sign-up", "/signed-in"];
/** What links in letters lead to, and a provider that names somebody new, whether or not somebody is signed in. */
const letters = ["/reset", "/confirm-email", "/welcome"];

/** Shows the conversations to whom is signed in, and the door to everybody else. */
function Gate() {
  const { session, drafts } = useClient();
  const { path, url, query, route } = useLocation();
  const phase = session.phase.value;
  const isOutside = outside.includes(path);
  const isLetter = letters.includes(path);
  const { next, problem } = query;
  useLayoutEffect(() => {
    // Who is signed in and comes back from a provider wanted to be known by it, too.
    const back =
      problem === undefined
        ? nextPlace(next, location.origin)
        : `/settings/account?problem=${encodeURIComponent(problem)}`;
    if (phase === "in" && isOutside) route(back, true);
    if ((phase === "out" || phase === "ended") && !isOutside && !isLetter) {
      route(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(url)}`, true);
    }
  }, [phase, isOutside, isLetter, path, url, next, problem, route]);
  useEffect(() => {
    if (phase !== "in") document.title = "Luciole";
  }, [phase]);
  if (phase === "starting") return <Splash />;
  if (isLetter) {
    return (
      <Later>
        <LetterPage path={path} />
      </Later>
    );
  }
  if (phase === "in" && path.startsWith("/oauth/authorize")) {
    return (
      <Later>
        <ConsentPage path={path} />
      </Later>
    );
  }
  if (phase === "in") return isOutside || !drafts.loaded.value ? null : <Shell />;
  if (!isOutside) return null;
  return (
    <Later>
      <AuthPage mode={path === "/sign-up" ? "up" : "in"} ended={phase === "ended"} />
    </Later>
  );
}

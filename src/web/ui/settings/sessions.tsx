import { SessionsApi } from "../../platform/sessions-api.ts";
import "../../styles/security.css";
import "../../styles/trust.css";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { useFetched } from "../use-fetched.ts";
import { AppsCard } from "./apps-card.tsx";
import { SessionsCard } from "./sessions-card.tsx";
import { useReturning } from "./use-returning.ts";

/** Where one is signed in, and which apps one has let in. */
export function Sessions() {
  const { api } = useClient();
  const { answer, failure, again } = useFetched(() => new SessionsApi(api).places(), "places");
  useReturning(again);
  return (
    <>
      <Failure text={failure} />
      {answer !== null && (
        <>
          <SessionsCard sessions={answer.sessions.filter(({ app }) => app === null)} again={again} />
          <AppsCard apps={answer.apps} again={again} />
        </>
      )}
    </>
  );
}

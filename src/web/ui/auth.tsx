import { parseJoinLink } from "#lib/join-link.ts";
import type { ServerInfo } from "#protocol/api.ts";
import { useLocation } from "preact-iso";
import { nextPlace } from "../domain/next.ts";
import { t, type TextId } from "../platform/language.ts";
import { AccountElsewhere } from "./account-elsewhere.tsx";
import { useClient } from "./context.ts";
import { AuthFrame } from "./auth-frame.tsx";
import { SignIn } from "./sign-in.tsx";
import { SignUp } from "./sign-up.tsx";

/** What is said where nobody can sign up without an invitation, in short. */
const closedTexts: Record<ServerInfo["registration"], TextId | null> = {
  open: null,
  invite: "auth.invitedShort",
  approval: null,
  closed: "auth.closedShort",
};

/** Sign in, or make an account. */
export function AuthPage({ mode, ended }: { mode: "in" | "up"; ended: boolean }) {
  const server = useClient().server.value;
  const registration = server?.registration ?? "open";
  const { query } = useLocation();
  const code = query["code"] ?? "";
  const isClosed = mode === "up" && registration === "closed";
  const link = parseJoinLink(location.origin + nextPlace(query["next"], location.origin));
  return (
    <AuthFrame
      title={t(mode === "in" ? "auth.signInTitle" : "auth.signUpTitle")}
      lead={t(mode === "in" ? "auth.signInLead" : "auth.signUpLead", { host: server?.host ?? "" })}
    >
      {isClosed && <p class="notice">{t("auth.closed")}</p>}
      {mode === "in" && <SignIn ended={ended} />}
      {mode === "up" && !isClosed && <SignUp registration={registration} code={code} />}
      <AuthSwitch mode={mode} registration={registration} />
      {link !== null && <AccountElsewhere link={link} />}
    </AuthFrame>
  );
}

function AuthSwitch({ mode, registration }: { mode: "in" | "up"; registration: ServerInfo["registration"] }) {
  const { next } = useLocation().query;
  const onwards = next === undefined ? "" : `?next=${encodeURIComponent(next)}`;
  const closed = mode === "in" ? closedTexts[registration] : null;
  if (closed !== null) return <p class="auth-switch muted">{t(closed)}</p>;
  return (
    <p class="auth-switch">
      {t(mode === "in" ? "auth.noAccount" : "auth.haveAccount")}{" "}
      <a href={(mode === "in" ? "/sign-up" : "/sign-in") + onwards}>
        {t(mode === "in" ? "auth.signUp" : "auth.signIn")}
      </a>
    </p>
  );
}

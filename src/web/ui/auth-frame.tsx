import type { ComponentChildren } from "preact";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Firefly } from "./icons.tsx";

interface FrameProps {
  title: string;
  lead: string;
  children: ComponentChildren;
}

/** A page for whoever is not signed in. */
export function AuthFrame({ title, lead, children }: FrameProps) {
  const server = useClient().server.value;
  return (
    <main class="auth">
      <div class="auth-card">
        <div class="auth-brand">
          <Firefly />
          <span class="wordmark">{server?.name ?? "Luciole"}</span>
        </div>
        <h1>{title}</h1>
        <p class="auth-lead">{lead}</p>
        {children}
      </div>
      <p class="auth-foot">{t("auth.foot")}</p>
    </main>
  );
}

import { t } from "../platform/language.ts";
import { useLasting } from "./hooks.ts";
import { Firefly } from "./icons.tsx";

/** What a slow start shows. */
export function Splash() {
  const slow = useLasting(true, 150);
  const verySlow = useLasting(true, 5_000);
  return (
    <main class="splash" aria-busy="true">
      {slow && <Firefly />}
      {slow && <p class="muted">{t(verySlow ? "start.slow" : "start.loading")}</p>}
    </main>
  );
}

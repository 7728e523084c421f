import { t } from "../platform/language.ts";
import { ForwardIcon } from "./icons.tsx";

/** Says above the words that somebody passed them on. */
export function Forwarded() {
  return (
    <p class="forwarded">
      <ForwardIcon />
      {t("message.forwarded")}
    </p>
  );
}

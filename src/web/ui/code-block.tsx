import { t } from "../platform/language.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import { useCopy } from "./use-copy.ts";

/** Code as it was typed: it scrolls within itself, and a click copies it. */
export function CodeBlock({ language, text }: { language: string | null; text: string }) {
  const [copied, copy] = useCopy(text);
  const label = language ?? t("code.label");
  return (
    <div class="code">
      <div class="code-top">
        <bdi class="clipped">{label}</bdi>
        <button
          type="button"
          class="icon-button small"
          aria-label={t("code.copy")}
          title={t("code.copy")}
          onClick={() => void copy()}
        >
          {copied ? <CheckIcon /> : <CopyIcon />}
        </button>
        <span class="unseen" role="status">
          {copied ? t("code.copied") : ""}
        </span>
      </div>
      <pre dir="ltr" tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

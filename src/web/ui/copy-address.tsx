import { useEffect, useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";

/** An address that a click copies. */
export function CopyAddress({ address }: { address: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  async function copy() {
    await navigator.clipboard.writeText(address);
    setCopied(true);
  }
  return (
    <button type="button" class="copy-address" onClick={() => void copy()} title={t("address.copy")}>
      <bdi>{address}</bdi>
      {copied ? <CheckIcon /> : <CopyIcon />}
      <span class="unseen" role="status">
        {copied ? t("address.copied") : ""}
      </span>
    </button>
  );
}

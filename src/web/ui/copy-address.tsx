import { t } from "../platform/language.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import { useCopy } from "./use-copy.ts";

/** An address that a click copies. */
export function CopyAddress({ address }: { address: string }) {
  const [copied, copy] = useCopy(address);
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

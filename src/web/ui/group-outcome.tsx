import { t } from "../platform/language.ts";
import { Failure } from "./failure.tsx";
import type { GroupDeed } from "./use-group.ts";

/** What became of the last thing that was asked of a group: why it failed, or whose answer it waits for. */
export function GroupOutcome({ deed, host }: { deed: GroupDeed; host: string | null }) {
  return (
    <>
      <Failure text={deed.failure} />
      <p class="asked" role="status">
        {deed.asked && host !== null && t("group.asked", { host })}
      </p>
    </>
  );
}

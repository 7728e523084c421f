import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useMemo, useState } from "preact/hooks";
import { GroupsApi, isAsked } from "../platform/groups-api.ts";
import { useClient } from "./context.ts";
import { type Deed, useDeed } from "./use-deed.ts";

/** The requests about groups. */
export function useGroupsApi(): GroupsApi {
  const { api } = useClient();
  return useMemo(() => new GroupsApi(api), [api]);
}

/** Something that is asked of a group: it may be done here at once, or only asked of the server that keeps it. */
export interface GroupDeed extends Deed {
  /** Whether the other server was asked and has not made it true yet. */
  asked: boolean;
}

/** Runs what is asked of a group, and fetches what came of it. */
export function useGroupDeed({ conversation }: ConversationState): GroupDeed {
  const { sync } = useClient();
  const { busy, failure, run } = useDeed();
  const [askedAt, setAskedAt] = useState<number | null>(null);
  const { revision } = conversation;
  useEffect(() => {
    if (askedAt !== null && revision > askedAt) setAskedAt(null);
  }, [askedAt, revision]);
  return {
    busy,
    failure,
    asked: askedAt !== null,
    run: (task, done) =>
      run(async () => {
        const answer = await task();
        setAskedAt(isAsked(answer) ? revision : null);
        sync.catchUp();
      }, done),
  };
}

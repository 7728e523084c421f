import { useMemo, useState } from "preact/hooks";
import type { ServerPermission } from "#lib/server-role.ts";
import { AdminApi } from "../../platform/admin-api.ts";
import { useClient } from "../context.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";

/** What a part of the pages gets. */
export interface PartProps {
  may: readonly ServerPermission[];
}

/** The API of those who run the server. */
export function useAdmin(): AdminApi {
  const { api } = useClient();
  return useMemo(() => new AdminApi(api.request), [api]);
}

/** A list that comes by pages: what is there, and the way to more of it. */
export function usePages<Item>(
  ask: (after: string | null) => Promise<{ items: Item[]; next: string | null }>,
  sign: string,
) {
  const first = useFetched(() => ask(null), sign);
  const [later, setLater] = useState<{ of: unknown; items: Item[]; next: string | null } | null>(null);
  const deed = useDeed();
  const isCurrent = later !== null && later.of === first.answer;
  const next = isCurrent ? later.next : (first.answer?.next ?? null);
  const items = first.answer && [...first.answer.items, ...(isCurrent ? later.items : [])];
  async function more() {
    const { answer } = first;
    const page = await ask(next);
    setLater({ of: answer, items: [...(isCurrent ? later.items : []), ...page.items], next: page.next });
  }
  return {
    items,
    failure: first.failure ?? deed.failure,
    refusal: first.refusal,
    again: first.again,
    more: next === null || deed.busy ? null : () => void deed.run(more),
  };
}

/** The end of a day, as a field for dates has it: until then something holds; null for an empty field. */
export function endOfDay(date: string): string | null {
  return date === "" ? null : new Date(`${date}T23:59:59.999`).toISOString();
}

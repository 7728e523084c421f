import type { Client } from "../client.ts";
import { Search } from "../domain/search.ts";
import { useClient } from "./context.ts";

/** What is looked for outlives its pane: whoever comes back finds it. Another person begins anew. */
const searches = new WeakMap<Client, { me: string; search: Search }>();

/** The one search of the person who is here. */
export function useSearch(): Search {
  const client = useClient();
  const { me } = client.store.state.value;
  const known = searches.get(client);
  if (known?.me === me) return known.search;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const search = new Search({ api: client.api, store: client.store, zone });
  searches.set(client, { me, search });
  return search;
}

import { batch } from "@preact/signals";
import { applyView } from "#protocol/apply.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";

export interface MeetPlatform {
  api: Pick<Api, "conversationsOf">;
  store: ChatStore;
}

/** The server tells of so many in one answer. */
const atOnce = 100;

/** Fetches those of these conversations that are not known yet; one that is not this person's any more stays unknown. */
export async function meetConversations(
  { api, store }: MeetPlatform,
  ids: ReadonlySet<string>,
): Promise<void> {
  const unknown = [...ids].filter((id) => store.conversation(id) === undefined);
  for (let from = 0; from < unknown.length; from += atOnce) {
    const { conversations } = await api.conversationsOf(unknown.slice(from, from + atOnce));
    batch(() => {
      for (const view of conversations) store.update((state) => applyView(state, view));
    });
  }
}

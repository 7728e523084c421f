import { applyView } from "#protocol/apply.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure } from "../platform/http.ts";
import type { ChatStore } from "./chat-store.ts";

export interface MeetPlatform {
  api: Pick<Api, "conversation">;
  store: ChatStore;
}

/** Fetches those of these conversations that are not known yet; one that is not this person's any more stays unknown. */
export async function meetConversations(
  { api, store }: MeetPlatform,
  ids: ReadonlySet<string>,
): Promise<void> {
  const unknown = [...ids].filter((id) => store.conversation(id) === undefined);
  const views = await Promise.all(
    unknown.map((id) =>
      api.conversation(id).catch((error: unknown) => {
        if (error instanceof ApiFailure) return null;
        throw error;
      }),
    ),
  );
  for (const view of views) if (view !== null) store.update((state) => applyView(state, view));
}

import type { Message } from "#protocol/types.ts";

/** The place of a message in the client: whoever may see it finds it there. */
export function placeOf({ conversationId, id }: Pick<Message, "conversationId" | "id">): string {
  return `/c/${conversationId}/m/${id}`;
}

/** Where one searches: in a conversation (`everywhere`: begun there), or everywhere. */
export function searchPath(place: string | null, everywhere = place === null): string {
  if (place === null) return "/search";
  return `/search?c=${place}${everywhere ? "&all=1" : ""}`;
}

/** What an address asks to search in; null when it asks for no search. */
export function searchedIn(url: string): { place: string | null; everywhere: boolean } | null {
  const { pathname, searchParams } = new URL(url, "http://client");
  if (pathname !== "/search") return null;
  const place = searchParams.get("c");
  return { place, everywhere: place === null || searchParams.has("all") };
}

/** The conversation that a path of the client opens. */
export function conversationIn(path: string): string | null {
  return /^\/c\/([^/]+)/.exec(path)?.[1] ?? null;
}

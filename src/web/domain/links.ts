import { joinLinkUrl, type JoinLink } from "#lib/join-link.ts";
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

const isHost = /^[\p{L}\p{M}\p{N}.:[\]-]+$/u;

/** Where one comes into a group by a link, also of another server. */
export function joinPath(link: string): string {
  return `/join?link=${encodeURIComponent(link)}`;
}

/** The same at the server where somebody has their account, by their address or its name; null when that is none. */
export function joinAt(address: string, { origin, code }: JoinLink): string | null {
  const host = address.trim().replace(/^.*@/u, "");
  // Nothing but a name, and a port: browsers make a name of much else.
  const url = isHost.test(host) ? URL.parse(`${new URL(origin).protocol}//${host}`) : null;
  if (url === null || url.href !== `${url.origin}/`) return null;
  return url.origin + joinPath(joinLinkUrl({ origin, code }));
}

/** The conversation that a path of the client opens. */
export function conversationIn(path: string): string | null {
  return /^\/c\/([^/]+)/.exec(path)?.[1] ?? null;
}
